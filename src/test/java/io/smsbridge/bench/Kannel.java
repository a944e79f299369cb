package io.smsbridge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.smsbridge.FreePort;
import org.apache.camel.util.FileUtil;
import org.awaitility.Awaitility;

/** Kannel from Debian's package, with its file store, which never calls fsync: a message is gone when the machine fails, not when it does. */
final class Kannel implements AutoCloseable {

    private static final String SETTINGS = """
            group = core
            admin-port = %1$d
            admin-interface = 127.0.0.1
            admin-password = x
            status-password = x
            smsbox-port = %2$d
            smsbox-interface = 127.0.0.1
            log-file = "bearerbox.log"
            log-level = 2
            box-allow-ip = "127.0.0.1"
            dlr-storage = internal
            store-type = file
            store-location = kannel.store

            group = smsc
            smsc = http
            smsc-id = infobip
            system-type = generic
            port = %3$d
            connect-allow-ip = 127.0.0.1
            send-url = "http://127.0.0.1:%5$d%6$s?from=%%P&to=%%p&text=%%b"
            status-success-regex = "PENDING"
            generic-foreign-id-regex = "messageId\\":\\"([^\\"]+)\\""
            max-pending-submits = 100

            group = smsbox
            bearerbox-host = 127.0.0.1
            bearerbox-port = %2$d
            sendsms-port = %4$d
            sendsms-interface = 127.0.0.1
            log-file = "smsbox.log"
            log-level = 2
            global-sender = 13013

            group = sendsms-user
            username = bench
            password = bench
            max-messages = 5
            """;

    private final Path home;
    private final int port = FreePort.find();
    private final List<Process> boxes = new ArrayList<>();

    Kannel(Path home, int peers) throws Exception {
        this.home = home;
        Files.createDirectories(home);
        int admin = FreePort.find();
        Files.writeString(home.resolve("kannel.conf"), SETTINGS.formatted(admin, FreePort.find(), FreePort.find(), port, peers, Peers.KANNEL));
        boxes.add(start("bearerbox"));
        Thread.sleep(1500);
        boxes.add(start("smsbox"));
        Awaitility.await("Kannel to answer, see " + home).atMost(Duration.ofSeconds(20)).ignoreExceptions()
                .failFast("Kannel ended", () -> boxes.stream().anyMatch(box -> !box.isAlive()))
                .until(() -> Wrk.run(url(), new Wrk.Load("get", 1), 1, 1).items() > 0);
    }

    /** Whether its programs are installed. */
    static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/sbin/bearerbox")) && Files.isExecutable(Path.of("/usr/sbin/smsbox"));
    }

    /** Of a message. */
    String url() {
        return "http://127.0.0.1:" + port + "/cgi-bin/sendsms?username=bench&password=bench&to=447700900123&text=Your+parcel+arrives+today+between+10+and+12.";
    }

    private Process start(String box) throws IOException {
        Process process = new ProcessBuilder("/usr/sbin/" + box, "kannel.conf").directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    @Override
    public void close() {
        Collections.reverse(boxes);
        for (Process box : boxes) {
            box.destroy();
            box.onExit().completeOnTimeout(null, 5, TimeUnit.SECONDS).join();
            box.destroyForcibly();
        }
        FileUtil.removeDir(home.toFile());
    }
}

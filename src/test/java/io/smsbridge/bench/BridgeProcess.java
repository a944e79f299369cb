package io.smsbridge.bench;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.smsbridge.FreePort;
import org.apache.camel.util.FileUtil;
import org.awaitility.Awaitility;

/** The packaged jar as a process of its own, with new data, the routes as they are and one empty route beside them. */
final class BridgeProcess implements AutoCloseable {

    private static final String EMPTY_ROUTE = """
            - route:
                id: bench-empty
                from:
                  uri: platform-http:/bench/empty
                  steps:
                    - removeHeaders: { pattern: "*" }
                    - setBody: { expression: { constant: { expression: "" } } }
            """;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** From the start of the process until a send was stored and answered 200. */
    final Duration startTime;
    private final int port;
    private final Process process;
    private final Path home;

    /**
     * @param home     a directory that does not exist yet, or holds no more than data
     * @param routes   the routes to copy
     * @param settings more lines of application.properties
     * @param peers    port of Infobip and the downstreams
     */
    BridgeProcess(Path jar, Path home, Path routes, String settings, int peers) throws Exception {
        this.home = home;
        port = FreePort.find();
        copy(routes, home.resolve("routes"));
        Files.writeString(Files.createDirectory(home.resolve("routes/bench")).resolve("empty.yaml"), EMPTY_ROUTE);
        Files.writeString(home.resolve("application.properties"), """
                http.host=127.0.0.1
                http.port=%d
                management.enabled=false
                sms.default-account=bench
                account.bench.baseUrl=http://127.0.0.1:%2$d
                account.bench.apiKey=key
                downstream.a.url=http://127.0.0.1:%2$d/downstream/a
                downstream.a.format=cloudevents
                downstream.b.url=http://127.0.0.1:%2$d/downstream/b
                downstream.b.format=clevertap
                """.formatted(port, peers) + settings);

        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(Stream.of(System.getProperty("bench.jvm", "").split(" ")).filter(option -> !option.isEmpty()).toList());
        command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
        File log = home.resolve("bridge.log").toFile();
        long started = System.nanoTime();
        process = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).redirectOutput(log).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Awaitility.await("the bridge's first 200, see " + log).atMost(Duration.ofSeconds(60)).pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5)).failFast("the bridge ended", this::ended)
                .until(this::takesSends);
        startTime = Duration.ofNanos(System.nanoTime() - started);
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** Processor time the bridge has taken so far. Unlike what passes in a second, it does not depend on what else the machine does. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Waits until the process has next to nothing to do: Java's compiler works off what a load has made worth compiling for long after it. */
    void awaitRest() {
        Duration look = Duration.ofSeconds(2);
        AtomicReference<Duration> before = new AtomicReference<>(processorTime());
        Awaitility.await("the bridge to rest").atMost(Duration.ofSeconds(120)).pollDelay(look).pollInterval(look)
                .until(() -> {
                    Duration now = processorTime();
                    return now.minus(before.getAndSet(now)).compareTo(look.dividedBy(10)) < 0;
                });
    }

    /** Bytes of the heap in use after a garbage collection. */
    long heap() throws Exception {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), String.valueOf(process.pid()),
                "GC.class_histogram").redirectErrorStream(true).start();
        String last = new String(jcmd.getInputStream().readAllBytes()).lines().filter(line -> line.startsWith("Total")).reduce("", (a, b) -> b);
        if (last.isEmpty()) {
            throw new IllegalStateException("jcmd did not answer");
        }
        return Long.parseLong(last.strip().split("\\s+")[2]);
    }

    boolean ended() {
        return !process.isAlive();
    }

    private boolean takesSends() throws Exception {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create(url("/sms/send?to=447700900123&text=first")))
                    .build(), BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            // Refused, or closed by a server that is about to begin.
            return false;
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.getParent());
                Files.copy(path, target);
            }
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(null, 20, TimeUnit.SECONDS).join();
        process.destroyForcibly();
        FileUtil.removeDir(home.resolve("data").toFile());
    }
}

package io.smsbridge.faults;

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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.smsbridge.FreePort;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The packaged jar as a process, in a directory of its own, started again and again. Its log is one file over all runs. */
final class BridgeProcess implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final String name;
    final Path home;
    final Path log;
    private final int port = FreePort.find();
    private final int managementPort = FreePort.find();
    private final Path jar;
    /** When each run was killed, in epoch milliseconds; a run is named in the header X-Bridge of its POSTs, and by its key to Infobip. */
    private final Map<String, Long> killed = new ConcurrentHashMap<>();
    private volatile int runs;
    private volatile Process process;

    /** @param settings application.properties but for the port and the downstreams' headers */
    BridgeProcess(String name, Path jar, Path home, String settings) throws IOException {
        this.name = name;
        this.jar = jar;
        this.home = Files.createDirectories(home);
        this.log = home.resolve("bridge.log");
        Files.writeString(home.resolve("application.properties"), settings + "http.host=127.0.0.1\nhttp.port=" + port + "\nmanagement.port=" + managementPort + "\n");
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    String managementUrl(String path) {
        return "http://127.0.0.1:" + managementPort + path;
    }

    Map<String, Long> killed() {
        return killed;
    }

    void start() throws IOException {
        runs++;
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(Stream.of(System.getProperty("faults.jvm", "").split(" ")).filter(option -> !option.isEmpty()).toList());
        for (String downstream : List.of("events", "clevertap")) {
            command.add("-Ddownstream." + downstream + ".headers=X-Bridge: " + run());
        }
        command.add("-Daccount.main.apiKey=" + run());
        command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
        File output = log.toFile();
        process = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output)).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    private String run() {
        return name + "-" + runs;
    }

    /** Whether it is named so: by the run that goes on, or by its URL. */
    boolean is(String by) {
        return by.equals(run()) || by.equals(url(""));
    }

    void awaitAnswering() throws IOException, InterruptedException {
        try {
            await();
        } catch (ConditionTimeoutException e) {
            dumpThreads();
            throw e;
        }
    }

    private void await() {
        Awaitility.await(name + " answering, see " + log).atMost(Duration.ofSeconds(300)).pollInterval(Duration.ofMillis(50))
                .failFast(name + " ended by itself, see " + log, () -> !process.isAlive()).ignoreExceptions()
                .until(() -> HTTP.send(HttpRequest.newBuilder(URI.create(url("/sms/send/-"))).timeout(Duration.ofSeconds(5))
                        .POST(HttpRequest.BodyPublishers.ofString("{}")).build(), BodyHandlers.discarding()).statusCode() == 404);
    }

    boolean alive() {
        return process.isAlive();
    }

    /** SIGTERM, and kill -9 where that is not enough. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            dumpThreads();
            kill();
            throw new IllegalStateException(name + " did not stop within 60 s, see " + log);
        }
    }

    /** As a virtual machine does that is moved. */
    void standStill(long millis) throws IOException, InterruptedException {
        signal("-STOP");
        Thread.sleep(millis);
        signal("-CONT");
    }

    private void dumpThreads() throws IOException, InterruptedException {
        signal("-QUIT");
        Thread.sleep(1000);
    }

    private void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        killNow();
        process.waitFor();
    }

    /** kill -9, without waiting for the end. */
    void killNow() {
        killed.putIfAbsent(run(), System.currentTimeMillis());
        process.destroyForcibly();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}

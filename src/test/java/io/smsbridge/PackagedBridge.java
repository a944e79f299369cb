package io.smsbridge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

/** The packaged jar as a process of its own, in a directory of its own. */
final class PackagedBridge implements AutoCloseable {

    /** Options of Java for a process that lives for seconds. */
    static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final Path home;
    final int port;
    final int managementPort;
    final Path log;
    final Process process;

    private PackagedBridge(Path home, int port, int managementPort, Path log, Process process) {
        this.home = home;
        this.port = port;
        this.managementPort = managementPort;
        this.log = log;
        this.process = process;
    }

    /** Starts the jar as the start script does, taken apart and with an archive of its classes; what it prints goes to a file in its directory. */
    static PackagedBridge start(Path home, int port, String... arguments) throws IOException, SQLException {
        return startOn(List.of(), Map.of(), home, port, arguments);
    }

    /** The jar itself. */
    static PackagedBridge startJar(Path home, int port, String... arguments) throws IOException, SQLException {
        return start(System.getProperty("bridge.jar"), List.of(), Map.of(), home, port, arguments);
    }

    /** The same with options for Java, and on a machine of this environment. */
    static PackagedBridge startOn(List<String> options, Map<String, String> environment, Path home, int port, String... arguments)
            throws IOException, SQLException {
        List<String> all = new ArrayList<>(List.of("-XX:SharedArchiveFile=" + System.getProperty("bridge.archive")));
        all.addAll(options);
        return start(System.getProperty("bridge.unpacked"), all, environment, home, port, arguments);
    }

    private static PackagedBridge start(String jar, List<String> options, Map<String, String> environment, Path home, int port, String... arguments)
            throws IOException, SQLException {
        int managementPort = FreePort.find();
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(QUICK);
        command.addAll(List.of("-Dhttp.port=" + port, "-Dmanagement.port=" + managementPort));
        TestLedger.settings(home).forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(options);
        command.addAll(List.of("-jar", jar));
        command.addAll(List.of(arguments));
        Path log = Files.createTempFile(home, "output", ".txt");
        ProcessBuilder process = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
        process.environment().putAll(environment);
        return new PackagedBridge(home, port, managementPort, log, process.start());
    }

    /** Another command than the jar's. */
    static PackagedBridge startAs(ProcessBuilder process, Path log, int port, int managementPort) throws IOException {
        return new PackagedBridge(process.directory().toPath(), port, managementPort, log, process.redirectErrorStream(true).redirectOutput(log.toFile()).start());
    }

    PackagedBridge awaitAnswering() {
        Awaitility.await().atMost(180, TimeUnit.SECONDS).ignoreExceptions().failFast(this::assertRuns)
                .until(() -> post("/sms/send/-", "{}").body().contains("unknown account"));
        return this;
    }

    private void assertRuns() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("the bridge ended by itself: " + output());
        }
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).timeout(Duration.ofSeconds(20)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    String output() throws IOException {
        return read(log);
    }

    /** What a process has printed so far. While a line is being written, its last character may be half there. */
    static String read(Path log) throws IOException {
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            throw new AssertionError("still running");
        }
        return process.exitValue();
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}

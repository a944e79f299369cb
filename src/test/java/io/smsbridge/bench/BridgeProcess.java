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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.smsbridge.FreePort;
import org.apache.camel.util.FileUtil;
import org.awaitility.Awaitility;

/** The packaged jar, or the empty route, as a process of its own in a directory of its own. */
final class BridgeProcess implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    /** Linux counts processor time in hundredths of a second. */
    private static final double TICKS = 100;

    /** From the start of the process until the first 200. */
    final Duration startTime;
    final Path home;
    private final int port;
    private final Process process;
    /** Of each thread of the second compiler, in ticks: those that have ended are counted, too. */
    private final Map<String, Long> compilers = new ConcurrentHashMap<>();

    private BridgeProcess(Path home, int port, List<String> command, String first) throws IOException {
        this.home = home;
        this.port = port;
        File log = home.resolve("bridge.log").toFile();
        long started = System.nanoTime();
        process = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).redirectOutput(log).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Awaitility.await("the first 200, see " + log).atMost(Duration.ofSeconds(120)).pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5)).failFast("the process ended", this::ended)
                .until(() -> isAnswered(first));
        startTime = Duration.ofNanos(System.nanoTime() - started);
    }

    /**
     * A bridge with its default settings, but for ports.
     *
     * @param home     a directory that does not exist yet, or one of an earlier bridge
     * @param settings accounts, downstreams, and what else differs
     */
    static BridgeProcess bridge(List<String> command, Path home, String settings) throws IOException {
        int port = FreePort.find();
        Files.createDirectories(home);
        Files.writeString(home.resolve("application.properties"), "http.host=127.0.0.1\nhttp.port=" + port + "\nmanagement.port=" + FreePort.find() + "\n" + settings);
        return new BridgeProcess(home, port, command, "/sms/send?to=447700900123&text=first");
    }

    /** The empty route, from the classes of this benchmark and the libraries, without the bridge's. */
    static BridgeProcess empty(Path home) throws IOException {
        int port = FreePort.find();
        Files.createDirectories(home);
        List<String> path = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).filter(entry -> !entry.endsWith("target/classes")).toList();
        return new BridgeProcess(home, port, List.of(java(), "-cp", String.join(File.pathSeparator, path), EmptyRoute.class.getName(), String.valueOf(port)), "/empty");
    }

    /** {@code java -jar}, with the options of bench.jvm. */
    static List<String> plain(Path jar, String... options) {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(List.of(options));
        command.addAll(Stream.of(System.getProperty("bench.jvm", "").split(" ")).filter(option -> !option.isEmpty()).toList());
        command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
        return command;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** Microseconds of processor time taken so far, Java's compilers included. */
    double processorMicros() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e3;
    }

    /** Seconds of processor time that Java's second compiler has taken so far. */
    double compilerSeconds() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc", String.valueOf(process.pid()), "task"))) {
            for (Path thread : threads.toList()) {
                try {
                    if (Files.readString(thread.resolve("comm")).startsWith("C2 Compiler")) {
                        String stat = Files.readString(thread.resolve("stat"));
                        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                        compilers.put(thread.getFileName().toString(), Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
                    }
                } catch (IOException e) {
                    // A thread that has ended.
                }
            }
        }
        return compilers.values().stream().mapToLong(Long::longValue).sum() / TICKS;
    }

    /** Bytes of memory that the process has. */
    double residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream().filter(line -> line.startsWith("VmRSS"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024).findFirst().orElse(0);
    }

    /** Bytes of the ledger's file. Its write-ahead log does not grow with the messages. */
    long ledgerBytes() throws IOException {
        return Files.size(home.resolve("data/ledger.db"));
    }

    /** Waits until the process has next to nothing to do: Java's compiler works off what a load has made worth compiling for long after it. */
    void awaitRest() {
        Duration look = Duration.ofSeconds(1);
        AtomicReference<Double> before = new AtomicReference<>(processorMicros());
        Awaitility.await("the bridge to rest").atMost(Duration.ofSeconds(120)).pollDelay(look).pollInterval(look)
                .until(() -> {
                    double now = processorMicros();
                    return now - before.getAndSet(now) < look.toNanos() / 1e3 / 10;
                });
    }

    /** Bytes of the heap in use after a garbage collection. */
    double heap() throws Exception {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), String.valueOf(process.pid()),
                "GC.class_histogram").redirectErrorStream(true).start();
        String last = new String(jcmd.getInputStream().readAllBytes()).lines().filter(line -> line.startsWith("Total")).reduce("", (a, b) -> b);
        if (last.isEmpty()) {
            throw new IllegalStateException("jcmd did not answer");
        }
        return Double.parseDouble(last.strip().split("\\s+")[2]);
    }

    boolean ended() {
        return !process.isAlive();
    }

    private boolean isAnswered(String path) throws InterruptedException {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create(url(path))).header("X-API-Key", Credentials.KEY).build(), BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            // Refused, or closed by a server that is about to begin.
            return false;
        }
    }

    void stop() {
        process.destroy();
        process.onExit().completeOnTimeout(null, 20, TimeUnit.SECONDS).join();
        process.destroyForcibly();
    }

    @Override
    public void close() {
        stop();
        FileUtil.removeDir(home.resolve("data").toFile());
    }
}

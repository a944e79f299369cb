package io.smsbridge.bench;

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
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;

/**
 * {@code mvn -Pbench verify}: what the packaged bridge takes in and passes on in a second. Each measurement has a process and
 * data of its own. Absolute numbers say as much about the machine as about the bridge, so each is also given as a ratio to an
 * empty route of the same server, measured in the same run.
 */
public final class Benchmark {

    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("bench.warm", 40));
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("bench.measured", 8));
    /** Longest wait for what was taken to be passed on. */
    private static final Duration DRAIN = Duration.ofSeconds(600);

    private static final double BATCH_TARGET = 30;
    private static final double FORWARD_TARGET = 0.5;

    /** Messages in the ledger that is compared with an empty one. */
    private static final int REMEMBERED = 1_000_000;

    private static final Pattern RESULT = Pattern.compile(
            "bench requests=(\\d+) micros=(\\d+) refused=(\\d+) broken=(\\d+) p50=([\\d.]+) p99=([\\d.]+)");

    /**
     * One kind of load.
     *
     * @param kind    of load.lua
     * @param perPost items in one request
     * @param sinks   paths of the peers that are told of each item
     */
    record Load(String kind, String path, int perPost, int connections, List<String> sinks) {
        Load single() {
            return new Load(kind, path, 1, Math.max(1, connections / 8), sinks);
        }

        @Override
        public String toString() {
            return perPost + " per POST, " + connections + " connections";
        }
    }

    /**
     * What became of one load.
     *
     * @param taken  items answered 200 in a second
     * @param passed items that the slowest sink got in a second, from the first POST to the last item
     */
    record Result(Load load, double taken, double passed, String latency, long startMillis) {
    }

    /** What wrk reports. */
    private record Answers(long items, double seconds, long failed, String latency) {
    }

    private final Path jar;
    private final Path directory;
    private final Peers peers;
    private int runs;

    Benchmark(Path jar, Path directory, Peers peers) {
        this.jar = jar;
        this.directory = directory;
        this.peers = peers;
    }

    public static void main(String[] args) throws Exception {
        try {
            new ProcessBuilder("wrk", "-v").start();
        } catch (IOException e) {
            throw new IllegalStateException("wrk, which makes the load, is not on the PATH; install it with: apt-get install wrk", e);
        }
        Path jar = Path.of(System.getProperty("bridge.jar"));
        // On the build's own disk: the directory for temporary files is often memory, where an fsync costs nothing.
        Path directory = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "bench-");
        try (Peers peers = new Peers()) {
            new Benchmark(jar, directory, peers).run();
        }
    }

    private void run() throws Exception {
        List<String> reported = List.of(Peers.CLOUDEVENTS, Peers.CLEVERTAP);
        List<Load> loads = List.of(
                new Load("empty", "/bench/empty", 1, 64, List.of()),
                new Load("sends", "/sms/send/bench", 1, 64, List.of(Peers.INFOBIP)),
                new Load("sends", "/sms/send/bench", 100, 64, List.of(Peers.INFOBIP)),
                new Load("reports", "/infobip/delivery-reports/bench", 1, 64, reported),
                new Load("reports", "/infobip/delivery-reports/bench", 100, 64, reported));
        // For a profile of one load: -Dbench.only=sends-100 -Dbench.jvm=-XX:StartFlightRecording=...
        String only = System.getProperty("bench.only", "");
        if (only.equals("ledger")) {
            ledger(reported);
            return;
        }
        if (only.equals("waiting")) {
            waiting();
            return;
        }
        if (!only.isEmpty()) {
            for (Load load : loads) {
                if (only.equals(load.kind() + "-" + load.perPost())) {
                    measure(load);
                }
            }
            return;
        }
        Result empty = measure(loads.get(0));
        Result single = measure(loads.get(1));
        Result batch = measure(loads.get(2));
        Result report = measure(loads.get(3));
        Result reports = measure(loads.get(4));
        System.out.println();
        ledger(reported);

        double base = empty.taken();
        System.out.printf(Locale.ROOT, "%n%-44s %-29s %10s %9s %9s  %s%n", "measured for " + MEASURED.toSeconds() + " s after "
                + WARM_UP.toSeconds() + " s", "load", "per second", "to empty", "to taken", "ms p50, p99");
        row("empty route", empty.load(), base, base, 0, empty.latency());
        row("sends accepted, recipients", single.load(), single.taken(), base, 0, single.latency());
        row("  passed on to Infobip", single.load(), single.passed(), base, single.taken(), "");
        row("sends accepted, recipients", batch.load(), batch.taken(), base, 0, batch.latency());
        row("  passed on to Infobip", batch.load(), batch.passed(), base, batch.taken(), "");
        row("delivery reports taken", report.load(), report.taken(), base, 0, report.latency());
        row("  forwarded to each of two downstreams", report.load(), report.passed(), base, report.taken(), "");
        row("delivery reports taken", reports.load(), reports.taken(), base, 0, reports.latency());
        row("  forwarded to each of two downstreams", reports.load(), reports.passed(), base, reports.taken(), "");
        long[] starts = List.of(empty, single, batch, report, reports).stream().mapToLong(Result::startMillis).sorted().toArray();
        System.out.printf("start to first send answered 200: %d ms, the median of %d from %d to %d ms%n%n",
                starts[starts.length / 2], starts.length, starts[0], starts[starts.length - 1]);

        target("recipients accepted in batches, to singles", batch.taken() / single.taken(), BATCH_TARGET);
        // Each report is an event to each of the two.
        target("events forwarded to reports taken, 1 per POST", 2 * report.passed() / report.taken(), FORWARD_TARGET);
        target("events forwarded to reports taken, 100 per POST", 2 * reports.passed() / reports.taken(), FORWARD_TARGET);
    }

    /** What a ledger that remembers a million messages makes of the rate, on SQLite. */
    private void ledger(List<String> sinks) throws Exception {
        // Few connections: the door takes in many times what passes the ledger, and all of it has to drain.
        Load load = new Load("ledger", "/infobip/delivery-reports/bench", 100, 4, sinks);
        Result empty = measure(load, Path.of("routes"), "", "ledger-empty");
        LedgerRows.write(directory.resolve("ledger-full"), REMEMBERED);
        Result full = measure(load, Path.of("routes"), "", "ledger-full");
        System.out.printf(Locale.ROOT, "%n%-52s %10s %10s%n", "delivery reports, " + load, "taken", "forwarded");
        System.out.printf(Locale.ROOT, "%-52s %10.0f %10.0f%n", "with an empty ledger, per second", empty.taken(), empty.passed());
        System.out.printf(Locale.ROOT, "%-52s %10.0f %10.0f%n", "with a million messages in the ledger, per second", full.taken(), full.passed());
        System.out.printf(Locale.ROOT, "%-52s %10.2f %10.2f%n", "a million to empty", full.taken() / empty.taken(), full.passed() / empty.passed());
    }

    /**
     * What recipients that wait take of the heap, each as a call of its own in the queue of an account whose Infobip refuses connections.
     * -Dbench.waiting=10000,100000 for fewer.
     */
    private void waiting() throws Exception {
        System.setProperty("bench.jvm", ("-Xmx256m " + System.getProperty("bench.jvm", "")).strip());
        try (BridgeProcess bridge = new BridgeProcess(jar, directory.resolve("waiting"), Path.of("routes"), """
                account.waiting.baseUrl=http://127.0.0.1:1
                account.waiting.apiKey=key
                account.waiting.batchSize=1
                """, peers.port())) {
            long none = bridge.heap();
            System.out.printf(Locale.ROOT, "%-30s %10s %10s%n%-30s %10.0f %10.2f%n", "recipients waiting, -Xmx256m", "heap MB", "to none",
                    "none", none / 1e6, 1.0);
            int taken = 0;
            for (String goal : System.getProperty("bench.waiting", "10000,100000,1000000").split(",")) {
                for (; taken < Integer.parseInt(goal); taken += 1000) {
                    post(bridge, "/sms/send/waiting", 1000, taken);
                }
                // Whoever comes to Infobip through another account has passed all the others on the way.
                long passed = peers.on(Peers.INFOBIP).items();
                for (int i = 0; i < 4; i++) {
                    post(bridge, "/sms/send/bench", 2, i * 2);
                }
                Awaitility.await(goal + " recipients to wait").atMost(Duration.ofHours(1)).failFast("the bridge ended", bridge::ended)
                        .until(() -> peers.on(Peers.INFOBIP).items() >= passed + 8);
                long heap = bridge.heap();
                System.out.printf(Locale.ROOT, "%-30s %10.0f %10.2f%n", goal, heap / 1e6, (double) heap / none);
            }
        }
    }

    private static void post(BridgeProcess bridge, String path, int recipients, int first) throws Exception {
        String batch = IntStream.range(first, first + recipients).mapToObj(i -> "{\"to\":\"4477%08d\"}".formatted(i))
                .collect(Collectors.joining(",", "{\"text\":\"Your parcel is on its way\",\"messages\":[", "]}"));
        int status = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(bridge.url(path)))
                .POST(HttpRequest.BodyPublishers.ofString(batch)).build(), BodyHandlers.discarding()).statusCode();
        if (status != 200) {
            throw new IllegalStateException(path + " answered " + status);
        }
    }

    private static void row(String what, Load load, double rate, double base, double taken, String latency) {
        System.out.printf(Locale.ROOT, "%-44s %-29s %10.0f %9.4f %9s  %s%n", what, load, rate, rate / base,
                taken == 0 ? "" : String.format(Locale.ROOT, "%.2f", rate / taken), latency);
    }

    private static void target(String what, double value, double target) {
        System.out.printf(Locale.ROOT, "%-52s %6.2f, target %.1f or more: %s%n", what, value, target, value >= target ? "met" : "not met");
    }

    private Result measure(Load load) throws Exception {
        return measure(load, Path.of("routes"), "", load.kind() + "-" + load.perPost());
    }

    Result measure(Load load, Path routes, String settings, String name) throws Exception {
        Path home = directory.resolve(name);
        System.out.println(load.kind() + ", " + load + " ...");
        try (BridgeProcess bridge = new BridgeProcess(jar, home, routes, settings, peers.port())) {
            // Item by item, which takes all of the way most often, and from few connections, so that what has piled up is soon gone.
            post(bridge, load.single(), WARM_UP);
            post(bridge, load, WARM_UP.dividedBy(8));
            long[] before = settled(bridge, load, new long[load.sinks().size()], 0);
            bridge.awaitRest();
            Duration used = bridge.processorTime();
            long begin = System.nanoTime();
            Answers answers = post(bridge, load, MEASURED);
            if (answers.failed() > 0) {
                System.out.println("  " + answers.failed() + " requests were not answered 200");
            }
            long[] after = settled(bridge, load, before, answers.items());
            double passed = before.length == 0 ? 0 : Double.MAX_VALUE;
            for (int i = 0; i < before.length; i++) {
                double seconds = (peers.on(load.sinks().get(i)).last() - begin) / 1e9;
                passed = Math.min(passed, (after[i] - before[i]) / seconds);
            }
            double taken = answers.items() / answers.seconds();
            double micros = bridge.processorTime().minus(used).toNanos() / 1e3 / answers.items();
            System.out.printf(Locale.ROOT, "  %.0f taken and %.0f passed on in a second, %.1f microseconds of processor time each%n", taken, passed, micros);
            return new Result(load, taken, passed, answers.latency(), bridge.startTime.toMillis());
        }
    }

    /** How many items each sink has, once each has got those expected and for a second no other. */
    private long[] settled(BridgeProcess bridge, Load load, long[] before, long expected) {
        long[] counts = new long[before.length];
        for (int i = 0; i < counts.length; i++) {
            Peers.Received sink = peers.on(load.sinks().get(i));
            long least = before[i] + expected;
            Awaitility.await(load.sinks().get(i) + " to get all items").atMost(DRAIN).pollInterval(Duration.ofMillis(50))
                    .failFast("the bridge ended", bridge::ended)
                    .until(() -> sink.items() >= least && System.nanoTime() - sink.last() > TimeUnit.SECONDS.toNanos(1));
            counts[i] = sink.items();
        }
        return counts;
    }

    private Answers post(BridgeProcess bridge, Load load, Duration time) throws Exception {
        // One thread makes the load: it keeps up, and leaves the other processors to the bridge.
        List<String> command = new ArrayList<>(List.of("wrk", "-t1", "-c" + load.connections(), "-d" + time.toSeconds() + "s",
                "--timeout", "10s", "-s", "src/test/bench/load.lua", bridge.url(load.path()),
                "--", load.kind(), String.valueOf(load.perPost()), "run-" + ++runs));
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(wrk.getInputStream().readAllBytes());
        Matcher result = RESULT.matcher(output);
        if (!wrk.waitFor(5, TimeUnit.SECONDS) || !result.find()) {
            throw new IllegalStateException("wrk failed: " + output);
        }
        long refused = Long.parseLong(result.group(3));
        return new Answers((Long.parseLong(result.group(1)) - refused) * load.perPost(), Long.parseLong(result.group(2)) / 1e6,
                refused + Long.parseLong(result.group(4)), result.group(5) + ", " + result.group(6));
    }
}

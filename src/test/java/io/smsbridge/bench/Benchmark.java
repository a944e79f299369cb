package io.smsbridge.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.smsbridge.bench.Wrk.Answers;
import io.smsbridge.bench.Wrk.Load;
import io.smsbridge.faults.Database;
import io.smsbridge.security.CallerDoor;
import io.smsbridge.security.WebhookDoors;
import org.apache.camel.util.FileUtil;
import org.awaitility.Awaitility;

/**
 * {@code mvn -Pbench verify}: what the packaged bridge takes in and passes on, beside Kannel, where it is installed, and an empty route.
 * It prints each target with met or not met, and writes docs/performance.md. All is measured three times, in alternation, and the medians
 * count. For a quick look: -Dbench.rounds=1 -Dbench.warm=10 -Dbench.measured=3; for some parts alone -Dbench.only=singles,ledger.
 */
public final class Benchmark {

    private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
    /** Seconds. */
    private static final int WARM_UP = Integer.getInteger("bench.warm", 60);
    private static final int MEASURED = Integer.getInteger("bench.measured", 8);
    /** Messages in the ledger that is compared with an empty one. */
    private static final int REMEMBERED = Integer.getInteger("bench.remembered", 1_000_000);
    private static final int WAITING = Integer.getInteger("bench.waiting", 1_000_000);
    private static final String ONLY = System.getProperty("bench.only", "");
    /** Longest wait for what was taken to be passed on. */
    private static final Duration DRAIN = Duration.ofSeconds(600);
    private static final int CLIENTS = 64;
    /** In a second, beyond which no signed webhooks are made. */
    private static final int MOST_POSTS = 30_000;
    private static final long INFOBIP_TAKES = 50;
    /** Accounts and downstreams, where there are many. */
    private static final int ACCOUNTS = 100;
    private static final int DOWNSTREAMS = 10;

    private static final Load SINGLES = new Load("sends", 1);
    private static final Load BATCHES = new Load("sends", 100);
    private static final Load REPORTS = new Load("reports", 100);
    private static final String SENDS = "/sms/send/bench";
    private static final String WEBHOOK = "/infobip/delivery-reports/bench";
    private static final List<String> INFOBIP = List.of(Peers.INFOBIP);
    private static final List<String> TOLD = List.of(Peers.DOWNSTREAM + "a", Peers.DOWNSTREAM + "b");

    /**
     * What became of one load.
     *
     * @param out    items that the slowest of those told got in a second, while the load lasted
     * @param whole  the same, from the first POST until all had been passed on
     * @param micros of processor time for each item, until all had been passed on
     */
    private record Flow(Answers in, double out, double whole, double micros) {
    }

    private final Path jar;
    private final Path directory;
    private final Peers peers;
    private final Results results = new Results();
    private final List<OfferedLoad.Answers> offered = new ArrayList<>();
    private final Set<String> skipped = new TreeSet<>();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private int homes;

    private Benchmark(Path jar, Path directory, Peers peers) {
        this.jar = jar;
        this.directory = directory;
        this.peers = peers;
    }

    public static void main(String[] args) throws Exception {
        Wrk.demand();
        Path jar = Path.of(System.getProperty("bridge.jar"));
        // On the build's own disk: the directory for temporary files is often memory, where an fsync costs nothing.
        Path directory = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "bench-");
        try (Peers peers = new Peers()) {
            new Benchmark(jar, directory, peers).run();
        } finally {
            FileUtil.removeDir(directory.toFile());
        }
        System.exit(0);
    }

    private void run() throws Exception {
        Machine machine = Machine.look(directory);
        for (int round = 1; round <= ROUNDS; round++) {
            System.out.println("round " + round + " of " + ROUNDS);
            part("kannel", this::kannel);
            part("singles", this::bridge);
            part("empty", this::emptyRoute);
            part("script", this::startScript);
            part("ledger", this::ledger);
            part("many", this::many);
            part("postgres", () -> postgres(1));
            part("postgres", () -> postgres(2));
        }
        part("waiting", this::waiting);
        part("high", this::high);
        part("doors", this::doors);
        part("plot", this::offered);
        new Report(results, offered, machine, skipped, "median of " + ROUNDS + " rounds, each measured for " + MEASURED + " s after " + WARM_UP
                + " s of the same load").write();
    }

    private interface Part {
        void measure() throws Exception;
    }

    private void part(String name, Part part) throws Exception {
        if (ONLY.isEmpty() || List.of(ONLY.split(",")).contains(name)) {
            System.out.println(name);
            peers.delay(0);
            part.measure();
        } else {
            skipped.add(name);
        }
    }

    // Parts

    private void kannel() throws Exception {
        if (!Kannel.isInstalled()) {
            skipped.add("kannel");
            return;
        }
        Answers most = kannel("kannel", CLIENTS);
        results.add("kannel.p99", most.p99());
        kannel("kannel.16", 16);
        peers.delay(INFOBIP_TAKES);
        kannel("kannel.50ms", CLIENTS);
    }

    private Answers kannel(String name, int clients) throws Exception {
        try (Kannel kannel = new Kannel(home(), peers.port())) {
            Wrk.run(kannel.url(), new Load("get", 1), clients, Math.min(3, WARM_UP));
            long before = peers.items(Peers.KANNEL);
            Answers answers = Wrk.run(kannel.url(), new Load("get", 1), clients, MEASURED);
            results.add(name + ".in", answers.perSecond());
            results.add(name + ".out", (peers.items(Peers.KANNEL) - before) / answers.seconds());
            return answers;
        }
    }

    private void emptyRoute() throws Exception {
        try (BridgeProcess empty = BridgeProcess.empty(home())) {
            results.add("empty.start", empty.startTime.toMillis());
            Wrk.run(empty.url("/empty"), new Load("empty", 1), CLIENTS, Math.min(10, WARM_UP));
            results.add("empty.in", Wrk.run(empty.url("/empty"), new Load("empty", 1), CLIENTS, MEASURED).perSecond());
        }
    }

    private void bridge() throws Exception {
        try (BridgeProcess bridge = bridge(settings("bench", 1, TOLD))) {
            results.add("start", bridge.startTime.toMillis());
            long before = peers.items(Peers.INFOBIP);
            warmUp(bridge);
            results.add("resident", bridge.residentBytes() / 1e6);
            List<BridgeProcess> one = List.of(bridge);
            Flow singles = add("singles", flow(one, SENDS, SINGLES, CLIENTS, INFOBIP));
            results.add("singles.p99", singles.in().p99());
            results.add("singles.bytes", bridge.ledgerBytes() / (double) (peers.items(Peers.INFOBIP) - before));
            add("singles.16", flow(one, SENDS, SINGLES, 16, INFOBIP));
            peers.delay(INFOBIP_TAKES);
            add("singles.50ms", flow(one, SENDS, SINGLES, CLIENTS, INFOBIP));
            peers.delay(0);
            batchesAndReports("", one);
            results.add("compiler.all", bridge.compilerSeconds());
        }
    }

    /** Singles, while the compiler is watched until it has next to nothing to do for five seconds. */
    private void warmUp(BridgeProcess bridge) throws Exception {
        Process wrk = Wrk.start(bridge.url(SENDS), SINGLES, CLIENTS, WARM_UP);
        List<Double> taken = new ArrayList<>(List.of(bridge.compilerSeconds()));
        while (wrk.isAlive()) {
            wrk.waitFor(1, TimeUnit.SECONDS);
            taken.add(bridge.compilerSeconds());
        }
        Wrk.end(wrk, SINGLES);
        settle(List.of(bridge));
        int steady = IntStream.range(5, taken.size()).filter(i -> taken.get(i) - taken.get(i - 5) < 0.5).findFirst().orElse(-1);
        results.add("compiler", taken.get(steady < 0 ? taken.size() - 1 : steady));
        results.add("compiler.after", steady < 0 ? Double.NaN : steady - 5);
    }

    private void batchesAndReports(String prefix, List<BridgeProcess> bridges) throws Exception {
        flow(bridges, SENDS, BATCHES, CLIENTS, INFOBIP, WARM_UP / 8);
        add(prefix + "batches", flow(bridges, SENDS, BATCHES, CLIENTS, INFOBIP));
        flow(bridges, WEBHOOK, REPORTS, CLIENTS, TOLD, WARM_UP / 8);
        add(prefix + "reports", flow(bridges, WEBHOOK, REPORTS, CLIENTS, TOLD));
    }

    /** The start command that is shipped, beside the jar, as in the distribution. It starts once for the archive of classes that it makes. */
    private void startScript() throws Exception {
        Path shipped = Files.createDirectories(directory.resolve("shipped"));
        for (Path file : List.of(jar, Path.of("src/main/scripts/bridge.sh"))) {
            Files.copy(file, shipped.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> command = List.of("sh", shipped.resolve("bridge.sh").toString());
        Path home = home();
        BridgeProcess.bridge(command, home, settings("bench", 1, TOLD)).stop();
        try (BridgeProcess bridge = BridgeProcess.bridge(command, home, settings("bench", 1, TOLD))) {
            results.add("script.start", bridge.startTime.toMillis());
            run(List.of(bridge), SENDS, SINGLES, CLIENTS, WARM_UP);
            results.add("script.resident", bridge.residentBytes() / 1e6);
        }
    }

    /** Reports with ids all over the ledger's indexes, from few clients: all of what they take has to drain. */
    private void ledger() throws Exception {
        Load load = new Load("ledger", 100);
        for (String name : List.of("ledger.empty", "ledger.full")) {
            Path home = home();
            if (name.equals("ledger.full")) {
                LedgerRows.write(home, REMEMBERED);
            }
            try (BridgeProcess bridge = BridgeProcess.bridge(BridgeProcess.plain(jar), home, settings("bench", 1, TOLD))) {
                flow(List.of(bridge), WEBHOOK, load, 4, TOLD, WARM_UP / 2);
                add(name, flow(List.of(bridge), WEBHOOK, load, 4, TOLD));
            }
        }
    }

    private void many() throws Exception {
        many("few", 1, 1);
        many("many", ACCOUNTS, DOWNSTREAMS);
    }

    private void many(String name, int accounts, int downstreams) throws Exception {
        List<String> told = IntStream.rangeClosed(1, downstreams).mapToObj(i -> Peers.DOWNSTREAM + i).toList();
        Load sends = new Load("sends", 100, accounts);
        try (BridgeProcess bridge = bridge(settings("many", accounts, told))) {
            List<BridgeProcess> one = List.of(bridge);
            String path = accounts == 1 ? "/sms/send/many1" : "/sms/send/many";
            flow(one, path, sends, 16, INFOBIP, WARM_UP / 2);
            results.add(name + ".sends", flow(one, path, sends, 16, INFOBIP).whole());
            flow(one, "/infobip/delivery-reports/many1", REPORTS, 4, told, WARM_UP / 4);
            results.add(name + ".events", flow(one, "/infobip/delivery-reports/many1", REPORTS, 4, told).whole() * downstreams);
        }
    }

    private void postgres(int bridges) throws Exception {
        if (!Database.isInstalled()) {
            skipped.add("postgres");
            return;
        }
        List<BridgeProcess> all = new ArrayList<>();
        // Temporary files that outlive a restart are on a disk.
        try (Database database = new Database("/var/tmp")) {
            try {
                for (int i = 0; i < bridges; i++) {
                    all.add(bridge(settings("bench", 1, TOLD) + database.settings()));
                }
                String prefix = "postgres" + bridges + ".";
                flow(all, SENDS, SINGLES, CLIENTS, INFOBIP, WARM_UP);
                Flow singles = add(prefix + "singles", flow(all, SENDS, SINGLES, CLIENTS, INFOBIP));
                results.add(prefix + "singles.p99", singles.in().p99());
                peers.delay(INFOBIP_TAKES);
                add(prefix + "singles.50ms", flow(all, SENDS, SINGLES, CLIENTS, INFOBIP));
                peers.delay(0);
                batchesAndReports(prefix, all);
            } finally {
                all.forEach(BridgeProcess::close);
            }
        }
    }

    /** What recipients that wait take of the heap, each as a call of its own of an account whose Infobip refuses connections. */
    private void waiting() throws Exception {
        try (BridgeProcess bridge = BridgeProcess.bridge(BridgeProcess.plain(jar, "-Xmx256m"), home(), settings("bench", 1, TOLD) + """
                account.waiting.baseUrl=http://127.0.0.1:1
                account.waiting.apiKey=key
                account.waiting.batchSize=1
                """)) {
            // As much as will have come in before the second look.
            post(bridge, "/sms/send/bench", 100_000);
            settle(List.of(bridge));
            results.add("heap.none", bridge.heap() / 1e6);
            post(bridge, "/sms/send/waiting", WAITING);
            results.add("heap.waiting", bridge.heap() / 1e6);
        }
    }

    /** How long a send takes until Infobip has it: with nothing else there, and while a million normal ones, which waited for Infobip, go out. */
    private void high() throws Exception {
        try (BridgeProcess bridge = bridge(settings("bench", 1, TOLD) + "account.bench.retryDelay=1s\naccount.bench.retryMaxDelay=1s\n")) {
            flow(List.of(bridge), SENDS, SINGLES, CLIENTS, INFOBIP, WARM_UP / 4);
            flow(List.of(bridge), SENDS, BATCHES, CLIENTS, INFOBIP, WARM_UP / 4);
            peers.delay(INFOBIP_TAKES);
            singlesUntilInfobip(bridge, "high.alone", 100);
            peers.close(true);
            post(bridge, SENDS, WAITING);
            long before = peers.items(Peers.INFOBIP);
            peers.close(false);
            Awaitility.await("Infobip to be tried again").atMost(DRAIN).until(() -> peers.items(Peers.INFOBIP) > before);
            singlesUntilInfobip(bridge, "high.behind", 100);
            results.add("high.left", WAITING - (peers.items(Peers.INFOBIP) - before));
        }
    }

    private void singlesUntilInfobip(BridgeProcess bridge, String name, int count) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = Peers.WATCHED + name + i;
            long begin = System.nanoTime();
            post(bridge, SENDS, "{\"to\":\"447700900123\",\"text\":\"Your code is 1234\",\"messageId\":\"" + id + "\"}");
            Awaitility.await(id).atMost(Duration.ofSeconds(60)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(() -> peers.arrived(id) != null);
            millis.add((peers.arrived(id) - begin) / 1e6);
        }
        millis.sort(Double::compare);
        results.add(name, millis.get(count / 2));
        results.add(name + ".worst", millis.get(count - 1));
    }

    /** Which part of a request's time the look at what its caller, or Infobip, shows takes. */
    private void doors() throws Exception {
        Path home = home();
        Path recording = home.resolveSibling(home.getFileName() + ".jfr");
        Map<String, Instant[]> times = new LinkedHashMap<>();
        try (BridgeProcess bridge = BridgeProcess.bridge(BridgeProcess.plain(jar, Samples.option(recording)), home, settings("bench", 1, TOLD) + Credentials.SETTINGS)) {
            Load key = SINGLES.with("X-API-Key: " + Credentials.KEY);
            Load token = SINGLES.with("Authorization: Bearer " + Credentials.accessToken(bridge.url("/oauth/token")));
            flow(List.of(bridge), SENDS, key, CLIENTS, INFOBIP, WARM_UP / 2);
            times.put("doors.key", during(() -> flow(List.of(bridge), SENDS, key, CLIENTS, INFOBIP)));
            times.put("doors.token", during(() -> flow(List.of(bridge), SENDS, token, CLIENTS, INFOBIP)));
            reports(bridge, WARM_UP / 2);
            times.put("doors.webhook", during(() -> reports(bridge, MEASURED)));
        }
        Samples samples = new Samples(recording);
        times.forEach((name, time) -> results.add(name, samples.share(name.equals("doors.webhook") ? WebhookDoors.class.getName() : CallerDoor.class.getName(), time[0], time[1])));
        Instant[] singles = times.get("doors.key");
        Map.of("share.maps", "com.schibsted.spt.data.jslt.", "share.metrics", "io.micrometer.", "share.log", "org.apache.logging.")
                .forEach((name, classes) -> results.add(name, samples.share(classes, singles[0], singles[1])));
    }

    private static Instant[] during(Part load) throws Exception {
        Instant from = Instant.now();
        load.measure();
        return new Instant[] {from, Instant.now()};
    }

    /** One in each POST, signed, as then a door costs most. */
    private Flow reports(BridgeProcess bridge, int seconds) throws Exception {
        Path signed = Credentials.signedReports(directory, seconds * MOST_POSTS);
        try {
            return flow(List.of(bridge), Credentials.GUARDED_WEBHOOK, new Load("signed", 1, 1, List.of(Credentials.WEBHOOK_HEADERS), signed), CLIENTS, TOLD, seconds);
        } finally {
            Files.delete(signed);
        }
    }

    /** Throughput and latency over what is offered. */
    private void offered() throws Exception {
        double most = results.median("singles.in");
        most = Double.isNaN(most) ? 10_000 : most;
        try (BridgeProcess bridge = bridge(settings("bench", 1, TOLD))) {
            flow(List.of(bridge), SENDS, SINGLES, CLIENTS, INFOBIP, WARM_UP);
            for (double part : new double[] {0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1, 1.1, 1.25}) {
                settle(List.of(bridge));
                OfferedLoad.Answers answers = OfferedLoad.run(URI.create(bridge.url("")).getPort(), part * most, MEASURED);
                System.out.printf(Locale.ROOT, "  %.0f offered, %.0f answered 200, %d refused, ms %s%n", answers.offered(), answers.perSecond(), answers.refused(),
                        Arrays.toString(answers.millis()));
                offered.add(answers);
            }
        }
    }

    // Means

    private Path home() {
        return directory.resolve("home" + ++homes);
    }

    private BridgeProcess bridge(String settings) throws IOException {
        return BridgeProcess.bridge(BridgeProcess.plain(jar), home(), settings);
    }

    /** Accounts with the name and, where there are several, numbers; downstreams at these paths, in turn in each of two formats. */
    private String settings(String account, int accounts, List<String> downstreams) {
        String url = "http://127.0.0.1:" + peers.port();
        StringBuilder settings = new StringBuilder("webhooks.token=none\nsms.default-account=" + account + (account.equals("many") ? "1" : "") + "\n");
        for (int i = 1; i <= accounts; i++) {
            String name = account + (account.equals("many") ? i : "");
            settings.append("account.%1$s.baseUrl=%2$s%naccount.%1$s.apiKey=key%naccount.%1$s.sender=Bench%n".formatted(name, url));
        }
        for (int i = 0; i < downstreams.size(); i++) {
            settings.append("downstream.d%1$d.url=%2$s%3$s%ndownstream.d%1$d.format=%4$s%n".formatted(i, url, downstreams.get(i), i % 2 == 0 ? "cloudevents" : "clevertap"));
        }
        return settings.toString();
    }

    private Flow add(String name, Flow flow) {
        results.add(name + ".in", flow.in().perSecond());
        results.add(name + ".out", flow.out());
        results.add(name + ".whole", flow.whole());
        results.add(name + ".micros", flow.micros());
        if (flow.in().failed() > 0) {
            results.add(name + ".failed", flow.in().failed());
        }
        return flow;
    }

    private Flow flow(List<BridgeProcess> bridges, String path, Load load, int clients, List<String> sinks) throws Exception {
        return flow(bridges, path, load, clients, sinks, MEASURED);
    }

    /** A load, and the wait until all of it has been passed on. */
    private Flow flow(List<BridgeProcess> bridges, String path, Load load, int clients, List<String> sinks, int duration) throws Exception {
        long[] before = sinks.stream().mapToLong(peers::items).toArray();
        double used = processorMicros(bridges);
        long begin = System.nanoTime();
        Answers in = run(bridges, path, load, clients, duration);
        double out = Double.MAX_VALUE;
        for (int i = 0; i < before.length; i++) {
            out = Math.min(out, (peers.items(sinks.get(i)) - before[i]) / in.seconds());
        }
        for (int i = 0; i < before.length; i++) {
            long least = before[i] + in.items();
            String sink = sinks.get(i);
            Awaitility.await(sink + " to get all items").atMost(DRAIN).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10))
                    .failFast("the bridge ended", () -> bridges.stream().anyMatch(BridgeProcess::ended)).until(() -> peers.items(sink) >= least);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        settle(bridges);
        // With those that were taken, but answered too late for wrk.
        long passed = Long.MAX_VALUE;
        for (int i = 0; i < before.length; i++) {
            passed = Math.min(passed, peers.items(sinks.get(i)) - before[i]);
        }
        return new Flow(in, out, in.items() / seconds, (processorMicros(bridges) - used) / passed);
    }

    private static double processorMicros(List<BridgeProcess> bridges) {
        return bridges.stream().mapToDouble(BridgeProcess::processorMicros).sum();
    }

    /** The clients are divided among the bridges. */
    private static Answers run(List<BridgeProcess> bridges, String path, Load load, int clients, int seconds) throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        for (BridgeProcess bridge : bridges) {
            processes.add(Wrk.start(bridge.url(path), load, clients / bridges.size(), Math.max(1, seconds)));
        }
        Answers all = null;
        for (Process wrk : processes) {
            Answers one = Wrk.end(wrk, load);
            all = all == null ? one : all.and(one);
        }
        return all;
    }

    /** Until nobody is told anything more, and nobody has anything to do. */
    private void settle(List<BridgeProcess> bridges) {
        Awaitility.await("all to be passed on").atMost(DRAIN).until(() -> peers.quiet() > 2000);
        bridges.forEach(BridgeProcess::awaitRest);
    }

    /** So many recipients, a thousand in each request. */
    private void post(BridgeProcess bridge, String path, int recipients) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Void>> posts = new ArrayList<>();
            for (int first = 0; first < recipients; first += 1000) {
                String batch = IntStream.range(first, Math.min(first + 1000, recipients)).mapToObj("{\"to\":\"4477%08d\"}"::formatted)
                        .collect(Collectors.joining(",", "{\"text\":\"Your parcel is on its way\",\"messages\":[", "]}"));
                posts.add(threads.submit(() -> {
                    post(bridge, path, batch);
                    return null;
                }));
            }
            for (Future<Void> post : posts) {
                post.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void post(BridgeProcess bridge, String path, String body) throws IOException, InterruptedException {
        int status = http.send(HttpRequest.newBuilder(URI.create(bridge.url(path))).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.discarding()).statusCode();
        if (status != 200) {
            throw new IllegalStateException(path + " answered " + status);
        }
    }
}

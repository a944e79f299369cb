package io.smsbridge;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.fuzz.Mutator;
import io.smsbridge.fuzz.Peers;
import io.smsbridge.fuzz.RawHttp;
import io.smsbridge.fuzz.Requests;
import io.smsbridge.fuzz.Samples;
import io.smsbridge.http.HttpCall;
import io.smsbridge.ledger.LedgerAway;
import io.smsbridge.maps.EventCheck;
import io.smsbridge.maps.Maps;
import io.smsbridge.receive.ReceiveModule;
import io.smsbridge.send.SendInputs;
import io.smsbridge.settings.AccountSettings;
import io.vertx.core.MultiMap;
import org.apache.camel.ProducerTemplate;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * Odd inputs without end: to every door over HTTP, to the ledger's reading of what maps give, and to every map. Nothing may answer 5xx but
 * 503, be lost beside them, or stay behind in threads or memory. Each input is made from the seed and its own number alone, so that
 * {@code -Dfuzz.seed=SEED -Dfuzz.only=NUMBER} makes it again.
 */
final class Fuzz {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> KINDS = List.of("delivery-reports", "inbound-messages", "clicks");
    /** Inputs of one round, of each sort. */
    private static final int OVER_HTTP = 2_000;
    private static final int TO_LEDGER = 1_000;
    private static final int ELEMENTS = 20;
    private static final int TO_MAPS = 100_000;
    private static final int CLIENTS = 4;
    private static final int MOST_FAULTS = 10;
    /** Rounds until threads and caches are what they will be. */
    private static final int WARM = 2;
    private static final int MORE_THREADS = 16;
    private static final long MORE_BYTES = 48L << 20;

    private final long seed;
    private final long until;
    private final long most;
    private final TestBridge bridge;
    private final Peers peers;
    private final List<String> names;
    private final Maps maps = new Maps(Startup.MAP_FUNCTIONS);
    private final SendInputs sends;
    private final ProducerTemplate producer;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong inputs = new AtomicLong();
    private final AtomicLong refusedByMap = new AtomicLong();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Map<Integer, AtomicLong> statuses = new ConcurrentHashMap<>();
    /** What was answered 200, and has to come out at the other end. */
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final Set<String> toTell = ConcurrentHashMap.newKeySet();

    private Fuzz(Path home, long seed, long seconds, long most) throws Exception {
        this.seed = seed;
        this.most = most;
        Path files = Path.of("routes/maps");
        try (Stream<Path> found = Files.list(files)) {
            for (Path file : found.filter(name -> name.toString().endsWith(".jslt")).sorted().toList()) {
                maps.add(file.getFileName().toString().replace(".jslt", ""), file.toString(), Files.readString(file));
            }
        }
        JsonNode spellings = JSON.readTree(files.resolve("send-fields.json").toFile());
        names = Samples.names(spellings);
        sends = new SendInputs(spellings, 1_000, AccountSettings.of("main", setting -> Map.of("batchSize", "100", "parallelSends", "8", "priority", "auto", "retryDelay", "1s",
                "retryMaxDelay", "1s", "retryMaxAge", "1s").getOrDefault(setting, "")));
        peers = new Peers();
        bridge = new TestBridge(home, """
                account.main.baseUrl=%1$s
                account.main.apiKey=k
                account.main.publicUrl=http://localhost
                account.main.region=india,turkey,south-korea
                account.main.principalEntityId=1101000000000000001
                account.main.brandCode=1
                account.main.recipientType=TACIR
                account.main.stopReply=You are out
                sms.default-account=main
                sandbox.enabled=true
                sandbox.firstSms=false
                http.maxBodySize=1000000
                http.requestTimeout=2s
                downstream.crm.url=%1$s/told
                downstream.crm.format=events
                downstream.crm.events=queued,sent,delivered,failed,replied,clicked
                downstream.clevertap.url=%1$s/told
                downstream.clevertap.format=clevertap
                downstream.raw.url=%1$s/told
                downstream.raw.format=raw
                """.formatted(peers.url()), "events.jslt", ".");
        producer = bridge.context().createProducerTemplate();
        until = System.nanoTime() + seconds * 1_000_000_000;
        Configurator.setRootLevel(Level.ERROR);
        for (String often : List.of("io.smsbridge.receive", "io.smsbridge.maps", "io.smsbridge.send", "io.smsbridge.forward", "io.smsbridge.ledger")) {
            Configurator.setLevel(often, Level.OFF);
        }
    }

    public static void main(String[] args) throws Exception {
        long seed = Long.getLong("fuzz.seed", System.nanoTime() & 0xffffffL);
        System.out.println("fuzz.seed=" + seed);
        Path home = Files.createTempDirectory("fuzz");
        Fuzz fuzz = new Fuzz(home, seed, Long.getLong("fuzz.seconds", 180), Long.getLong("fuzz.inputs", Long.MAX_VALUE));
        boolean well;
        try {
            Long only = Long.getLong("fuzz.only");
            if (only != null) {
                fuzz.only(only);
            }
            well = only != null ? fuzz.report() : fuzz.run();
        } finally {
            fuzz.bridge.close();
            fuzz.peers.close();
            try (Stream<Path> files = Files.walk(home)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
        System.exit(well ? 0 : 1);
    }

    private boolean run() throws Exception {
        int threads = 0;
        long memory = 0;
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        for (int round = 0; faults.size() < MOST_FAULTS && (round <= WARM || System.nanoTime() < until && inputs.get() < most); round++) {
            aGoodOneArrives();
            together(clients, OVER_HTTP, this::overHttp);
            together(clients, TO_LEDGER, this::toLedger);
            together(clients, TO_MAPS, this::toMaps);
            account();
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            int running = ManagementFactory.getThreadMXBean().getThreadCount();
            System.out.printf("round %d: %d inputs, %d threads, %d MB%n", round, inputs.get(), running, used >> 20);
            if (round <= WARM) {
                threads = Math.max(threads, running);
                memory = Math.max(memory, used);
            } else if (running > threads + MORE_THREADS) {
                faults.add("threads have grown from " + threads + " to " + running);
            } else if (used > memory + MORE_BYTES) {
                faults.add("memory has grown from " + (memory >> 20) + " MB to " + (used >> 20) + " MB");
            }
        }
        aGoodOneArrives();
        clients.shutdown();
        return report();
    }

    private boolean report() {
        faults.addAll(peers.faults);
        statuses.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(status -> System.out.println("answered " + status.getKey() + ": " + status.getValue()));
        System.out.println(refusedByMap + " inputs that a map could make nothing of, each kept as a dead letter where it is the bridge's");
        faults.forEach(fault -> System.out.println("FAULT " + fault));
        System.out.println("fuzz: " + inputs + " inputs, seed " + seed + ", " + faults.size() + " faults");
        return faults.isEmpty();
    }

    /** An input, by its number. */
    @FunctionalInterface
    private interface Sort {
        void run(long number, SplittableRandom random, Mutator mutator) throws Exception;
    }

    private void together(ExecutorService clients, int count, Sort sort) throws Exception {
        long end = numbers.get() + count;
        List<Callable<Void>> parts = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            parts.add(() -> {
                long number;
                while ((number = numbers.getAndIncrement()) < end && faults.size() < MOST_FAULTS && (System.nanoTime() < until || inputs.get() < 10_000)) {
                    one(sort, number);
                }
                return null;
            });
        }
        for (Future<Void> part : clients.invokeAll(parts)) {
            part.get();
        }
        numbers.set(end);
    }

    private void one(Sort sort, long number) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
        try {
            sort.run(number, random, new Mutator(random, names));
        } catch (Exception | StackOverflowError e) {
            StackTraceElement[] trace = e.getStackTrace();
            faults.add("input " + number + ": " + e + (trace.length > 0 ? " at " + trace[0] : ""));
        }
    }

    /** One input again, with all that is known of it. */
    private void only(long number) throws Exception {
        long inRound = number % (OVER_HTTP + TO_LEDGER + TO_MAPS);
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
        if (inRound < OVER_HTTP) {
            System.out.println(new String(new Requests(random, new Mutator(random, names), id(number)).next().bytes(), StandardCharsets.UTF_8));
        }
        Sort sort = inRound < OVER_HTTP ? this::overHttp : inRound < OVER_HTTP + TO_LEDGER ? this::toLedger : this::toMaps;
        SplittableRandom again = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
        try {
            sort.run(number, again, new Mutator(again, names));
        } catch (Exception e) {
            faults.add("input " + number + ": " + e);
            e.printStackTrace(System.out);
        }
    }

    private String id(long number) {
        return "f" + seed + "-" + number;
    }

    // Over HTTP

    private void overHttp(long number, SplittableRandom random, Mutator mutator) throws Exception {
        inputs.incrementAndGet();
        Requests.Made made = new Requests(random, mutator, id(number)).next();
        RawHttp.Answer answer;
        try (RawHttp http = new RawHttp(made.managed() ? bridge.managementPort : bridge.port, "127.0.0.1")) {
            answer = http.call(made.bytes());
        } catch (IOException e) {
            faults.add("input " + number + ": no answer to " + made.door() + ": " + e);
            return;
        }
        statuses.computeIfAbsent(answer.status(), status -> new AtomicLong()).incrementAndGet();
        // The sandbox plays an Infobip that fails where a number asks for it, Jolokia says so of an operator's request, and Vert.x of a version that HTTP has not.
        if (answer.status() >= 500 && answer.status() != 503 && !(made.door().startsWith("/sandbox/infobip") && answer.text().contains("requestError"))
                && !answer.text().contains("\"error_type\":") && !(made.door().equals("hardly HTTP") && answer.status() == 501)) {
            faults.add("input " + number + ": " + made.door() + " answered " + answer.status() + " " + answer.text());
        }
        if (answer.status() == 200 && made.good() != null) {
            toTell.add(made.good());
        }
        if (answer.status() == 200 && (made.door().startsWith("/sms/send") || made.door().equals("hardly HTTP")) && answer.text().startsWith("{\"status\":")) {
            JsonNode said = JSON.readTree(answer.body());
            int fresh = 0;
            for (JsonNode message : said.path("messages")) {
                if (!message.path("duplicate").asBoolean()) {
                    accepted.add(message.path("messageId").asText());
                    fresh++;
                }
            }
            if (fresh != said.path("accepted").asInt()) {
                faults.add("input " + number + ": " + said.path("accepted") + " accepted, and " + fresh + " messages named");
            }
        }
    }

    // To the ledger

    private void toLedger(long number, SplittableRandom random, Mutator mutator) throws Exception {
        String kind = mutator.one(KINDS);
        List<JsonNode> samples = Samples.ELEMENTS.get(kind);
        ArrayNode elements = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < ELEMENTS; i++) {
            elements.add(random.nextInt(12) == 0 ? mutator.value(3) : mutator.mutated(mutator.one(samples)));
        }
        String body = Samples.numbered(elements, id(number));
        if (random.nextInt(4) == 0) {
            String id = id(number) + "-good";
            body = body.substring(0, body.length() - 1) + "," + Samples.numbered(samples.get(0), id) + "]";
            toTell.add(id + switch (kind) {
                case "delivery-reports" -> ":delivered";
                case "inbound-messages" -> ":replied";
                default -> ":clicked:";
            });
        }
        inputs.addAndGet(ELEMENTS);
        try {
            ReceiveModule.record(producer, kind, mutator.one(List.of("main", "sandbox", "none")), ("{\"results\":" + body + "}").getBytes(StandardCharsets.UTF_8));
        } catch (LedgerAway e) {
            faults.add("input " + number + ": not stored: " + e.getMessage());
        }
    }

    // To the maps

    private void toMaps(long number, SplittableRandom random, Mutator mutator) throws Exception {
        inputs.incrementAndGet();
        ObjectNode headers = JsonNodeFactory.instance.objectNode().put("receivedAt", "2026-11-24T09:00:00.000Z").put("raw", true);
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
                byte[] body = Samples.numbered(random.nextInt(10) == 0 ? mutator.value(3) : mutator.mutated(mutator.one(Samples.SENDS)), id(number)).getBytes(StandardCharsets.UTF_8);
                List<ObjectNode> items = sends.accepted(new HttpCall("POST", "/sms/send", null, MultiMap.caseInsensitiveMultiMap(), Map.of(),
                        random.nextInt(4) == 0 ? mutator.mutated(body) : body, "127.0.0.1", null));
                if (!items.isEmpty()) {
                    headers.put("sender", "Brand").put("region", "india,turkey,south-korea").put("principalEntityId", "1").put("templateId", "").put("telemarketerId", "")
                            .put("brandCode", "12").put("recipientType", "TACIR").put("resellerCode", "123456789").put("clickTracking", "off").put("customDomain", "")
                            .put("deliveryTimeWindow", "").put("intermediateReport", "true");
                    JSON.writeValueAsBytes(maps.apply("infobip-request", headers, JsonNodeFactory.instance.arrayNode().addAll(items)));
                }
            }
            case 3 -> refusable("infobip-answer", headers, mutator.mutated(mutator.one(Samples.ANSWERS)));
            default -> events(mutator, headers, number, random);
        }
    }

    private void events(Mutator mutator, ObjectNode headers, long number, SplittableRandom random) throws Exception {
        String kind = mutator.one(KINDS);
        JsonNode element = random.nextInt(12) == 0 ? mutator.value(3) : mutator.mutated(mutator.one(Samples.ELEMENTS.get(kind)));
        // As it comes: a JSON text in UTF-8, without halves of characters.
        JsonNode read = JSON.readTree(element.toString().replace("NUMBER", id(number)).getBytes(StandardCharsets.UTF_8));
        JsonNode mapped = refusable(kind, headers, read);
        if (mapped == null || mapped.path("events").isEmpty()) {
            if (mapped != null && mapped.path("unreadable").isEmpty() && !(read.isContainerNode() && read.path("results").isArray() && read.path("results").isEmpty())
                    && !(read.isArray() && read.isEmpty())) {
                faults.add("input " + number + ": " + kind + " made neither an event nor something unreadable of " + read);
            }
            return;
        }
        new EventCheck().accept(mapped);
        // Whatever ours make of an odd input, ours can read.
        maps.apply("failure-codes", headers, mapped);
        for (String format : List.of("cloudevents", "clevertap", "raw")) {
            JSON.writeValueAsBytes(maps.apply(format, headers, mapped.get("events")));
        }
        if (random.nextInt(4) == 0) {
            ObjectNode answered = JsonNodeFactory.instance.objectNode();
            answered.set("events", mapped.get("events"));
            answered.set("answer", mutator.mutated(mutator.one(Samples.UNPROCESSED)));
            refusable("unprocessed", headers, answered);
        }
    }

    /** Null where the map fails in the way that is provided for. */
    private JsonNode refusable(String map, ObjectNode headers, JsonNode input) throws IOException {
        try {
            JsonNode output = maps.apply(map, headers, input);
            JSON.writeValueAsBytes(output);
            return output;
        } catch (Maps.MapFailed e) {
            refusedByMap.incrementAndGet();
            return null;
        }
    }

    // What has to be true beside them

    private void aGoodOneArrives() throws Exception {
        String id = TestBridge.newId();
        String messageId = bridge.send("main", "{\"to\": \"447700900999\", \"text\": \"Good\", \"messageId\": \"" + id + "\"}").at("/messages/0/messageId").asText();
        wait("a good send reaches Infobip", () -> peers.sent.contains(messageId));
        bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + messageId + "\", \"status\": {\"groupId\": 3, \"id\": 5}}]}");
        wait("a good report is told", () -> peers.told.contains(messageId + ":delivered"));
    }

    /** Everything that was answered 200 has come out, or lies where it is kept; then it is forgotten, so that the ledger stays small. */
    private void account() throws Exception {
        wait("nothing waits or is under way", () -> count("SELECT COUNT(*) FROM outbox") == 0);
        for (String id : accepted) {
            if (!peers.sent.contains(id) && count("SELECT COUNT(*) FROM message WHERE id = '" + id + "' AND state <> 'queued'") == 0) {
                faults.add("lost: message " + id + " was accepted, and neither sent nor told as failed");
            }
        }
        for (String id : toTell) {
            if (!(id.endsWith(":clicked:") ? peers.told.stream().anyMatch(told -> told.startsWith(id)) : peers.told.contains(id))) {
                faults.add("lost: " + id + " was taken, and not told");
            }
        }
        if (count("SELECT COUNT(*) FROM dead_letter WHERE queue <> 'webhooks'") > 0) {
            try (Connection ledger = bridge.ledger(); Statement statement = ledger.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT queue, target, reason, body FROM dead_letter WHERE queue <> 'webhooks' LIMIT 5")) {
                while (rows.next()) {
                    faults.add("a dead letter of " + rows.getString(1) + "." + rows.getString(2) + ": " + rows.getString(3) + " "
                            + new String(rows.getBytes(4), StandardCharsets.UTF_8));
                }
            }
        }
        accepted.clear();
        toTell.clear();
        peers.sent.clear();
        peers.told.clear();
        try (Connection ledger = bridge.ledger(); Statement statement = ledger.createStatement()) {
            for (String table : List.of("dead_letter", "event", "message", "consent")) {
                statement.executeUpdate("DELETE FROM " + table);
            }
        }
    }

    private long count(String sql) throws SQLException {
        try (Connection ledger = bridge.ledger(); Statement statement = ledger.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void wait(String what, Callable<Boolean> met) throws Exception {
        long last = System.nanoTime() + 120_000_000_000L;
        while (!met.call()) {
            if (System.nanoTime() > last) {
                faults.add("not within two minutes: " + what);
                return;
            }
            Thread.sleep(20);
        }
    }
}

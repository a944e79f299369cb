package io.smsbridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smsbridge.Settings.Block;
import io.smsbridge.Settings.Kind;

/**
 * Bean {@code metrics}: what the routes count, in one call for a batch. No label takes what a message holds: accounts, downstreams
 * and queues are those of the settings, and of words from outside, such as Infobip's status names, only so many are taken.
 */
public final class Metrics {

    private static final List<String> WEBHOOKS = List.of("delivery-reports", "inbound-messages", "clicks");
    private static final List<String> EVENTS = List.of("queued", "sent", "delivered", "failed", "replied", "clicked");
    private static final String OTHER = "other";
    private static final String EXHAUSTED = "exhausted";
    private static final int MOST_WORDS = 200;

    /** Of a call: an answer takes milliseconds, a timeout 15 seconds. */
    private static final Duration[] CALL = millis(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 15_000, 30_000);
    /** Of a way through the bridge: up to the day for which a downstream is tried. */
    private static final Duration[] WAY = millis(10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000,
            900_000, 3_600_000, 21_600_000, 86_400_000);

    private final MeterRegistry registry;
    private final Health health;
    private final Set<String> accounts = new HashSet<>();
    /** The types of events that each downstream asks for. */
    private final Map<String, List<String>> wishes = new HashMap<>();
    private final Set<String> words = ConcurrentHashMap.newKeySet();

    /** @param data where the queues and the ledger lie, unless they are elsewhere */
    Metrics(MeterRegistry registry, Settings settings, Queues queues, Health health, DownstreamStates states, Path data) {
        this.registry = registry;
        this.health = health;
        // What has not happened yet is 0, and not absent: else its first time would be no increase.
        for (Block account : settings.blocks(Kind.ACCOUNT)) {
            String name = account.name();
            accounts.add(name);
            count("recipients.accepted", 0, "account", name);
            count("recipients.sent", 0, "account", name);
            WEBHOOKS.forEach(kind -> count("webhooks", 0, "kind", kind, "account", name));
            EVENTS.forEach(type -> count("events", 0, "type", type, "account", name));
            timer("send.latency", WAY, "account", name);
            List.of("200", "401", "none").forEach(code -> timer("infobip.calls", CALL, "account", name, "code", code));
            gauge("account.up", null, "1 while the account's last call was answered 2xx, and what it pulls is fetched.", health, known -> known.account(name) == null ? 1 : 0, "account", name);
            retriable(queues, "sends." + name);
            watch(queues, "sends." + name + Pace.HIGH);
        }
        for (Block downstream : settings.blocks(Kind.DOWNSTREAM)) {
            String name = downstream.name();
            wishes.put(name, Downstreams.types(downstream.get("events")));
            count("events.forwarded", 0, "downstream", name);
            count("downstream.duplicates.dropped", 0, "downstream", name);
            timer("forward.latency", WAY, "downstream", name);
            List.of("200", "none").forEach(code -> timer("downstream.calls", CALL, "downstream", name, "code", code));
            gauge("downstream.up", null, "1 while the downstream's last answer was no failure of its own.", states.of(name),
                    state -> state.failuresInARow() == 0 ? 1 : 0, "downstream", name);
            retriable(queues, "events." + name);
        }
        watch(queues, "sends");
        watch(queues, "sends" + Pace.HIGH);
        watch(queues, "dead-letters");
        count("duplicates.dropped", 0, "kind", "sends");
        for (String kind : WEBHOOKS) {
            watch(queues, "webhooks." + kind);
            watch(queues, "dead-letters.webhooks." + kind);
            deadLetters("webhooks." + kind, "unreadable", 0);
            count("duplicates.dropped", 0, "kind", kind);
        }
        gauge("broker.up", null, "1 while the broker answers.", queues, known -> known.known() ? 1 : 0);
        gauge("ledger.up", null, "1 while the ledger answers.", health, known -> known.ledgerUp() ? 1 : 0);
        gauge("broker.memory.used", "bytes", "What the broker holds of messages in memory.", queues, Queues::memoryUsed);
        gauge("broker.disk.used", "ratio", "How full the broker's disk is; at 0.9 it takes nothing more.", queues, Queues::diskUsed);
        gauge("store.size", "bytes", "What the queues take on disk.", data.resolve("queue"), Metrics::size, "store", "queues");
        gauge("store.size", "bytes", "What the ledger takes on disk.", data, Metrics::ledgerSize, "store", "ledger");
        gauge("disk.free", "bytes", "What is free on the disk of data.directory.", data, directory -> space(directory, FileStore::getUsableSpace));
        gauge("disk.total", "bytes", "What that disk holds.", data, directory -> space(directory, FileStore::getTotalSpace));
    }

    /** What keeps work from coming in, and from going out. */
    void watch(Room room, Pace pace) {
        gauge("room.full", null, "1 while new work is refused, as the queues are full.", room, known -> known.isFull() ? 1 : 0);
        for (String account : pace.accounts()) {
            gauge("account.rate", null, "Recipients that may be sent in a second at present; 0: no limit.", pace, known -> known.rate(account), "account", account);
            gauge("account.pause", "seconds", "How long the account makes no call yet, after 429 or failures.", pace,
                    known -> known.pause(account) / 1_000.0, "account", account);
        }
    }

    /**
     * A request that was taken in.
     *
     * @param reasons    for each recipient refused, the field it was for
     * @param duplicates recipients accepted before
     */
    public void accepted(String account, int accepted, List<String> reasons, Integer duplicates) {
        count("recipients.accepted", accepted, "account", known(account));
        if (reasons != null) {
            reasons.forEach(reason -> count("recipients.refused", 1, "account", known(account), "reason", word(reason)));
        }
        if (duplicates != null) {
            count("duplicates.dropped", duplicates, "kind", "sends");
        }
    }

    /** A request of any kind that was answered with an error. */
    public void requestRefused(String route, String statusCode) {
        count("requests.refused", 1, "route", word(route), "code", word(statusCode));
    }

    /** A webhook that was stored. */
    public void webhook(String kind, String account) {
        count("webhooks", 1, "kind", word(kind), "account", known(account));
    }

    /** Records or events of which only the fresh were new: each other one was kept from the downstreams that ask for its type. */
    public void dropped(String kind, Collection<Map<String, Object>> all, Collection<Map<String, Object>> fresh) {
        count("duplicates.dropped", (double) all.size() - fresh.size(), "kind", kind);
        wishes.forEach((downstream, types) -> count("downstream.duplicates.dropped", (double) ofTypes(types, all) - ofTypes(types, fresh),
                "downstream", downstream));
    }

    private static long ofTypes(List<String> types, Collection<Map<String, Object>> events) {
        return events.stream().filter(event -> types.contains(event.get("type"))).count();
    }

    /** Events that the downstreams are told of. */
    public void published(Collection<Map<String, Object>> events) {
        Map<List<String>, Integer> counts = new HashMap<>();
        events.forEach(event -> counts.merge(List.of(String.valueOf(event.get("type")), known((String) event.get("account"))), 1, Integer::sum));
        counts.forEach((key, n) -> count("events", n, "type", word(key.get(0)), "account", key.get(1)));
    }

    /** A call to Infobip. */
    public void infobipCalled(String account, String statusCode, long millis) {
        timer("infobip.calls", CALL, "account", known(account), "code", code(statusCode)).record(Duration.ofMillis(millis));
        health.accountAnswered(account, statusCode);
    }

    /**
     * What became of the recipients of one call.
     *
     * @param states    type and status of each
     * @param rejection the name of what kept the whole call from being answered; null when it was
     */
    public void sendEnded(String account, List<Map<String, Object>> states, String rejection, String receivedAt) {
        int sent = 0;
        for (Map<String, Object> state : states) {
            if ("sent".equals(state.get("type"))) {
                sent++;
            } else {
                Object name = rejection == null && state.get("status") instanceof Map<?, ?> status ? status.get("name") : rejection;
                count("recipients.rejected", 1, "account", known(account), "status", word(name == null ? OTHER : name.toString()));
            }
        }
        count("recipients.sent", sent, "account", known(account));
        record(timer("send.latency", WAY, "account", known(account)), receivedAt);
    }

    /** A POST to a downstream. */
    public void downstreamCalled(String downstream, String statusCode, long millis, String receivedAt) {
        timer("downstream.calls", CALL, "downstream", downstream, "code", code(statusCode)).record(Duration.ofMillis(millis));
        if (statusCode.length() == 3 && statusCode.startsWith("2")) {
            record(timer("forward.latency", WAY, "downstream", downstream), receivedAt);
        }
    }

    /**
     * Events that a downstream took.
     *
     * @param queue       the downstream's
     * @param events      those of the POST
     * @param unprocessed how many of them its answer left out
     */
    public void forwarded(String queue, Integer events, int unprocessed) {
        count("events.forwarded", events == null ? 0 : events - unprocessed, "downstream", queue.substring("events.".length()));
    }

    /** A call that went back into its queue. */
    public void retried(String queue) {
        count("calls.retried", 1, "queue", word(queue));
    }

    /** A message that nothing more is tried with: unreadable, refused, or (outcome retry) out of retries. */
    public void deadLetter(String queue, String reason) {
        deadLetters(queue, reason.equals("retry") ? EXHAUSTED : reason, 1);
    }

    private void deadLetters(String queue, String reason, int n) {
        count("dead.letters", n, "queue", word(queue), "reason", word(reason));
    }

    private void retriable(Queues queues, String queue) {
        watch(queues, queue);
        watch(queues, "dead-letters." + queue);
        count("calls.retried", 0, "queue", queue);
        deadLetters(queue, "refused", 0);
        deadLetters(queue, EXHAUSTED, 0);
    }

    private void watch(Queues queues, String queue) {
        gauge("queue.waiting", "messages", "What is in the queue: to be taken, to be retried, or in work.", queues,
                known -> orUnknown(known.waiting(queue)), "queue", queue);
        gauge("queue.retrying", "messages", "Of that, what waits for the time of its retry.", queues,
                known -> orUnknown(known.retrying(queue)), "queue", queue);
        gauge("queue.oldest.age", "seconds", "How long ago the oldest of them came to the bridge.", queues,
                known -> orUnknown(known.oldestAge(queue)) / 1_000, "queue", queue);
    }

    private static double orUnknown(long value) {
        return value == Queues.UNKNOWN ? Double.NaN : value;
    }

    private void count(String name, double n, String... labels) {
        Counter.builder("smsbridge." + name).tags(labels).register(registry).increment(n);
    }

    private Timer timer(String name, Duration[] buckets, String... labels) {
        return Timer.builder("smsbridge." + name).serviceLevelObjectives(buckets).tags(labels).register(registry);
    }

    private static void record(Timer timer, String since) {
        if (since != null) {
            try {
                timer.record(Duration.between(Instant.parse(since), Instant.now()));
            } catch (DateTimeException e) {
                // Of an earlier release: no time to tell.
            }
        }
    }

    private <T> void gauge(String name, String unit, String description, T of, ToDoubleFunction<T> value, String... labels) {
        Gauge.builder("smsbridge." + name, of, value).strongReference(true).baseUnit(unit).description(description).tags(labels).register(registry);
    }

    /** An account of the settings; what a webhook's path names beside them is no label. */
    private String known(String account) {
        return account == null ? "none" : accounts.contains(account) ? account : OTHER;
    }

    private static String code(String statusCode) {
        return statusCode.equals("0") ? "none" : statusCode;
    }

    private String word(String word) {
        if (!words.contains(word)) {
            if (words.size() >= MOST_WORDS || word.length() > 60) {
                return OTHER;
            }
            words.add(word);
        }
        return word;
    }

    private static Duration[] millis(long... times) {
        return Arrays.stream(times).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    private static double size(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | UncheckedIOException e) {
            // There is none with an external broker, and a file can go while it is looked at.
            return Double.NaN;
        }
    }

    private static double ledgerSize(Path directory) {
        long size = Stream.of("ledger.db", "ledger.db-wal").mapToLong(name -> directory.resolve(name).toFile().length()).sum();
        return size == 0 ? Double.NaN : size;
    }

    private interface Space {
        long of(FileStore store) throws IOException;
    }

    private static double space(Path directory, Space space) {
        try {
            return space.of(Files.getFileStore(directory));
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}

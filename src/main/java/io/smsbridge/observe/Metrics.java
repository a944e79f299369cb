package io.smsbridge.observe;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smsbridge.forward.DownstreamCircuits;
import io.smsbridge.forward.ForwardMeters;
import io.smsbridge.http.IntakeLimit;
import io.smsbridge.ledger.OutboxBatch;
import io.smsbridge.ledger.OutboxCounts;
import io.smsbridge.receive.ReceiveMeters;
import io.smsbridge.send.SendAccounts;
import io.smsbridge.send.SendMeters;
import io.smsbridge.settings.Block;
import io.smsbridge.settings.BlockKind;
import io.smsbridge.settings.DownstreamSettings;
import io.smsbridge.settings.Settings;

/**
 * What the stages count, in one call for a batch. No label takes what a message holds: accounts, downstreams
 * and queues are those of the settings, and of words from outside, such as Infobip's status names, only so many are taken.
 */
public final class Metrics implements SendMeters, ReceiveMeters, ForwardMeters {

    private static final List<String> WEBHOOKS = List.of("delivery-reports", "inbound-messages", "clicks");
    private static final List<String> EVENTS = List.of("queued", "sent", "delivered", "failed", "replied", "clicked");
    private static final List<String> LIMITS = List.of(COUNTRY, ACCOUNT_PER_DAY, CALLER_PER_DAY, RECIPIENT_PER_HOUR);
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
    private final Map<String, Set<String>> wishes = new HashMap<>();
    private volatile SendAccounts sends;
    private final Set<String> words = ConcurrentHashMap.newKeySet();

    public Metrics(MeterRegistry registry, Settings settings, Health health) {
        this.registry = registry;
        this.health = health;
        // What has not happened yet is 0, and not absent: else its first time would be no increase.
        List.of("limit", "source-limit", "slow", "idle").forEach(reason -> count("connections.closed", 0, "reason", reason));
        for (Block account : settings.blocks(BlockKind.ACCOUNT)) {
            String name = account.name();
            accounts.add(name);
            count("recipients.accepted", 0, "account", name);
            count("recipients.sent", 0, "account", name);
            count("recipients.dropped", 0, "account", name);
            LIMITS.forEach(reason -> count("recipients.refused", 0, "account", name, "reason", reason));
            WEBHOOKS.forEach(kind -> count("webhooks", 0, "kind", kind, "account", name));
            EVENTS.forEach(type -> count("events", 0, "type", type, "account", name));
            timer("send.latency", WAY, "account", name);
            List.of("200", "401", "none").forEach(code -> timer("infobip.calls", CALL, "account", name, "code", code));
            gauge("account.up", null, "1 while the account's last call was answered 2xx, and what it pulls is fetched.", health, known -> known.account(name) == null ? 1 : 0, "account", name);
            count("calls.retried", 0, "queue", "sends." + name);
            List.of("refused", EXHAUSTED).forEach(reason -> deadLetters("sends." + name, reason, 0));
        }
        for (Block downstream : settings.blocks(BlockKind.DOWNSTREAM)) {
            String name = downstream.name();
            wishes.put(name, DownstreamSettings.types(downstream.get("events")));
            count("events.forwarded", 0, "downstream", name);
            count("downstream.duplicates.dropped", 0, "downstream", name);
            timer("forward.latency", WAY, "downstream", name);
            List.of("200", "none").forEach(code -> timer("downstream.calls", CALL, "downstream", name, "code", code));
            count("calls.retried", 0, "queue", "events." + name);
            List.of("refused", EXHAUSTED).forEach(reason -> deadLetters("events." + name, reason, 0));
        }
        count("duplicates.dropped", 0, "kind", "sends");
        for (String kind : WEBHOOKS) {
            deadLetters("webhooks." + kind, "unreadable", 0);
            count("duplicates.dropped", 0, "kind", kind);
        }
    }

    /**
     * What waits, what keeps work from coming in, and from going out.
     *
     * @param data where the ledger lies, unless it is elsewhere
     */
    public void watch(OutboxCounts counts, SendAccounts accountsOfSends, DownstreamCircuits circuits, IntakeLimit limit, Path data) {
        sends = accountsOfSends;
        for (String account : accounts) {
            gauge("account.rate", null, "Recipients that may be sent in a second at present; 0: no limit.", sends, known -> known.rate(account), "account", account);
            gauge("account.pause", "seconds", "How long the account makes no call yet, after 429 or failures.", sends,
                    known -> known.held(account) / 1_000.0, "account", account);
            List.of("sends." + account, "sends." + account + ".high", "dead-letters.sends." + account).forEach(queue -> watch(counts, queue));
        }
        for (String downstream : wishes.keySet()) {
            gauge("downstream.up", null, "1 while the downstream's last answer was no failure of its own.", circuits.of(downstream),
                    circuit -> circuit.failuresInARow() == 0 ? 1 : 0, "downstream", downstream);
            List.of("events." + downstream, "dead-letters.events." + downstream).forEach(queue -> watch(counts, queue));
        }
        WEBHOOKS.forEach(kind -> watch(counts, "dead-letters.webhooks." + kind));
        gauge("room.full", null, "1 while new work is refused, as there is no room on disk.", limit, known -> known.isFull() ? 1 : 0);
        gauge("ledger.up", null, "1 while the ledger answers.", health, known -> known.ledgerUp() ? 1 : 0);
        gauge("store.size", "bytes", "What the ledger takes on disk.", data, Metrics::ledgerSize, "store", "ledger");
        gauge("disk.free", "bytes", "What is free on the disk of data.directory.", data, directory -> space(directory, FileStore::getUsableSpace));
        gauge("disk.total", "bytes", "What that disk holds.", data, directory -> space(directory, FileStore::getTotalSpace));
    }

    @Override
    public void accepted(String account, int accepted, List<String> reasons, int duplicates) {
        count("recipients.accepted", accepted, "account", known(account));
        reasons.forEach(reason -> count("recipients.refused", 1, "account", known(account), "reason", word(reason)));
        if (duplicates > 0) {
            count("duplicates.dropped", duplicates, "kind", "sends");
        }
    }

    /** A request of any kind that was answered with an error. */
    public void requestRefused(String route, int statusCode) {
        count("requests.refused", 1, "route", word(String.valueOf(route)), "code", word(String.valueOf(statusCode)));
    }

    /** A connection to http.port was closed: limit, source-limit, slow or idle. */
    public void connectionRefused(String reason) {
        count("connections.closed", 1, "reason", reason);
    }

    @Override
    public void received(String kind, String account, List<ObjectNode> events, List<ObjectNode> news, int unreadable) {
        count("webhooks", 1, "kind", kind, "account", known(account));
        deadLetters("webhooks." + kind, "unreadable", unreadable);
        if (news.size() < events.size()) {
            count("duplicates.dropped", (double) events.size() - news.size(), "kind", kind);
            wishes.forEach((downstream, types) -> count("downstream.duplicates.dropped", (double) ofTypes(types, events) - ofTypes(types, news),
                    "downstream", downstream));
        }
    }

    @Override
    public void pulled(String account, String kind, String problem) {
        health.pulled(account, kind, problem);
        if (problem != null) {
            sends.failed(account, problem);
        }
    }

    private static long ofTypes(Collection<String> types, Collection<ObjectNode> events) {
        return events.stream().filter(event -> types.contains(event.path("type").asText())).count();
    }

    /** Events that the downstreams are told of. */
    public void told(Collection<ObjectNode> events) {
        Map<List<String>, Integer> counts = new HashMap<>();
        events.forEach(event -> counts.merge(List.of(event.path("type").asText(), known(event.path("account").textValue())), 1, Integer::sum));
        counts.forEach((key, n) -> count("events", n, "type", word(key.get(0)), "account", key.get(1)));
    }

    @Override
    public void called(OutboxBatch batch, int code) {
        boolean send = batch.queue().equals("sends");
        timer(send ? "infobip.calls" : "downstream.calls", CALL, send ? "account" : "downstream", batch.target(), "code", code == 0 ? "none" : String.valueOf(code))
                .record(Duration.ofMillis(batch.millis()));
        if (send) {
            health.accountAnswered(batch.target(), String.valueOf(code));
        } else if (code >= 200 && code < 300) {
            timer("forward.latency", WAY, "downstream", batch.target()).record(Duration.ofMillis(System.currentTimeMillis() - batch.receivedAt()));
        }
    }

    @Override
    public void answered(OutboxBatch batch, List<ObjectNode> events) {
        long failed = 0;
        for (ObjectNode event : events) {
            if (event.path("type").asText().equals("failed")) {
                failed++;
                count("recipients.rejected", 1, "account", batch.target(), "status", word(event.path("status").path("name").asText(OTHER)));
            }
        }
        count("recipients.sent", (double) batch.items().size() - failed, "account", batch.target());
        timer("send.latency", WAY, "account", batch.target()).record(Duration.ofMillis(System.currentTimeMillis() - batch.receivedAt()));
    }

    @Override
    public void givenUp(OutboxBatch batch, String outcome, String reason) {
        givenUp(batch, outcome);
        count("recipients.rejected", batch.items().size(), "account", batch.target(), "status", word(reason));
        timer("send.latency", WAY, "account", batch.target()).record(Duration.ofMillis(System.currentTimeMillis() - batch.receivedAt()));
    }

    @Override
    public void unreadable(OutboxBatch batch) {
        deadLetters(batch.queue() + "." + batch.target(), "unreadable", 1);
    }

    @Override
    public void dropped(String account, int recipients) {
        count("recipients.dropped", recipients, "account", account);
    }

    @Override
    public void taken(OutboxBatch batch, int events) {
        count("events.forwarded", events, "downstream", batch.target());
    }

    @Override
    public void retried(OutboxBatch batch) {
        count("calls.retried", 1, "queue", batch.queue() + "." + batch.target());
    }

    @Override
    public void givenUp(OutboxBatch batch, String outcome) {
        deadLetters(batch.queue() + "." + batch.target(), outcome.equals("retry") ? EXHAUSTED : outcome, 1);
    }

    private void deadLetters(String queue, String reason, int n) {
        count("dead.letters", n, "queue", word(queue), "reason", word(reason));
    }

    private void watch(OutboxCounts counts, String queue) {
        gauge("queue.waiting", "items", "Recipients or events that wait: to be taken, to be retried, or under way. Of dead letters, how many there are.", counts,
                known -> orUnknown(known.waiting(queue)), "queue", queue);
        gauge("queue.retrying", "items", "Of that, what waits for the time of its retry.", counts,
                known -> orUnknown(known.retrying(queue)), "queue", queue);
        gauge("queue.oldest.age", "seconds", "How long ago the oldest of them came to the bridge.", counts,
                known -> orUnknown(known.oldestAge(queue)) / 1_000, "queue", queue);
    }

    private static double orUnknown(long value) {
        return value == OutboxCounts.UNKNOWN ? Double.NaN : value;
    }

    private void count(String name, double n, String... labels) {
        Counter.builder("smsbridge." + name).tags(labels).register(registry).increment(n);
    }

    private Timer timer(String name, Duration[] buckets, String... labels) {
        return Timer.builder("smsbridge." + name).serviceLevelObjectives(buckets).tags(labels).register(registry);
    }

    private <T> void gauge(String name, String unit, String description, T of, ToDoubleFunction<T> value, String... labels) {
        Gauge.builder("smsbridge." + name, of, value).strongReference(true).baseUnit(unit).description(description).tags(labels).register(registry);
    }

    /** An account of the settings; what a webhook's path names beside them is no label. */
    private String known(String account) {
        return account == null ? "none" : accounts.contains(account) ? account : OTHER;
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

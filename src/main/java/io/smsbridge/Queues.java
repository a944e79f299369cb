package io.smsbridge;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bean {@code queues}: how much waits in which queue, and since when. It asks the broker by messages to its management address, so
 * that an external Artemis answers like the one in this process, and keeps an answer for a moment, so that whoever looks often does
 * not keep the broker busy.
 */
public final class Queues {

    /** What is not known: the broker can't be asked. */
    public static final long UNKNOWN = -1;

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.queues");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long KEPT = 1_500;
    private static final long PATIENCE = 3_000;
    /** As many waiting retries are looked at one by one. */
    private static final long FEW = 1_000;

    /** @param since when the oldest message came, in epoch milliseconds */
    private record Queue(long waiting, long scheduled, OptionalLong since) {
    }

    private final Supplier<ConnectionFactory> connections;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile Map<String, Queue> queues;
    private volatile double memoryUsed = Double.NaN;
    private volatile double diskUsed = Double.NaN;
    private volatile long askedAt;
    private volatile boolean failing;

    /** @param connections the broker's connection factory, which exists only once Camel has made its beans */
    Queues(Supplier<ConnectionFactory> connections) {
        this.connections = connections;
    }

    /** Whether the broker can be asked. */
    public boolean known() {
        return queues() != null;
    }

    /** Whether the broker has the queue. It makes each when it is first written to or read from. */
    public boolean exists(String queue) {
        return known() && queues().containsKey(queue);
    }

    /**
     * How many messages are in the queue: those that wait to be taken, those that wait for the time of their retry, and those in
     * work, which leave it only when all is done. 0 for a queue that does not exist.
     */
    public long waiting(String queue) {
        Map<String, Queue> known = queues();
        return known == null ? UNKNOWN : known.containsKey(queue) ? known.get(queue).waiting() : 0;
    }

    /** Of those, how many wait for the time of their retry. */
    public long retrying(String queue) {
        Map<String, Queue> known = queues();
        return known == null ? UNKNOWN : known.containsKey(queue) ? known.get(queue).scheduled() : 0;
    }

    /**
     * How long ago the oldest of them came to the bridge, in milliseconds; 0 when none waits. A retry is as old as what is retried.
     * <p>
     * Looked at are the first to be taken, up to 1,000 retries (of more, the next to come), and what is in work where nothing else
     * waits. So while a single send waits before the campaign that it may overtake, the age is its own. Of messages that the
     * broker has moved to disk for want of memory the first are in memory again, so that their age is right.
     */
    public long oldestAge(String queue) {
        Map<String, Queue> known = queues();
        if (known == null) {
            return UNKNOWN;
        }
        Queue found = known.get(queue);
        return found == null || found.since().isEmpty() ? 0 : Math.max(0, System.currentTimeMillis() - found.since().getAsLong());
    }

    /** Bytes of messages that the broker holds in memory; NaN when it can't be asked. */
    public double memoryUsed() {
        return known() ? memoryUsed : Double.NaN;
    }

    /** How full the broker's disk is, from 0 to 1; NaN when it can't be asked. */
    public double diskUsed() {
        return known() ? diskUsed : Double.NaN;
    }

    /** Null when the broker can't be asked. Whoever comes while another asks takes what was known before. */
    private Map<String, Queue> queues() {
        boolean stale = System.currentTimeMillis() - askedAt > KEPT;
        if (stale && (askedAt == 0 ? lock() : asking.tryLock())) {
            try {
                if (System.currentTimeMillis() - askedAt > KEPT) {
                    queues = ask();
                    askedAt = System.currentTimeMillis();
                }
            } finally {
                asking.unlock();
            }
        }
        return queues;
    }

    private boolean lock() {
        asking.lock();
        return true;
    }

    private Map<String, Queue> ask() {
        try (Connection connection = connections.get().createConnection();
                BrokerManagement broker = new BrokerManagement(connection, PATIENCE)) {
            Map<String, Queue> found = new HashMap<>();
            for (JsonNode queue : JSON.readTree(String.valueOf(broker.ask("broker", "listQueues", "", 1, 10_000))).path("data")) {
                String name = queue.path("name").asText();
                if (queue.path("temporary").asBoolean() || queue.path("internalQueue").asBoolean()) {
                    continue;
                }
                long waiting = queue.path("messageCount").asLong();
                long scheduled = queue.path("scheduledCount").asLong();
                long delivering = queue.path("deliveringCount").asLong();
                found.put(name, new Queue(waiting, scheduled,
                        waiting == 0 ? OptionalLong.empty() : oldest(broker, name, scheduled, delivering)));
            }
            memoryUsed = Double.parseDouble(String.valueOf(broker.ask("broker", "getAddressMemoryUsage")));
            diskUsed = Double.parseDouble(String.valueOf(broker.ask("broker", "getDiskStoreUsage")));
            failing = false;
            return Map.copyOf(found);
        } catch (Exception e) {
            if (!failing) {
                LOG.warn("what waits in the queues is not known: {}", e.getMessage());
            }
            failing = true;
            return null;
        }
    }

    private static OptionalLong oldest(BrokerManagement broker, String queue, long scheduled, long delivering) throws Exception {
        long oldest = since(messages(broker, queue, "peekFirstMessageAsJSON"));
        if (scheduled > 0 && scheduled <= FEW) {
            for (JsonNode message : messages(broker, queue, "listScheduledMessagesAsJSON")) {
                oldest = Math.min(oldest, since(message));
            }
        } else if (scheduled > 0) {
            oldest = Math.min(oldest, since(messages(broker, queue, "peekFirstScheduledMessageAsJSON")));
        }
        if (oldest == Long.MAX_VALUE && delivering > 0) {
            for (JsonNode consumer : messages(broker, queue, "listDeliveringMessagesAsJSON")) {
                for (JsonNode message : consumer.path("elements")) {
                    oldest = Math.min(oldest, since(message));
                }
            }
        }
        return oldest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(oldest);
    }

    private static JsonNode messages(BrokerManagement broker, String queue, String operation) throws Exception {
        try {
            return JSON.readTree(String.valueOf(broker.ask("queue." + queue, operation)));
        } catch (BrokerManagement.Refusal e) {
            // Removed since it was listed.
            return NullNode.instance;
        }
    }

    /** When what the message is about came to the bridge: its header receivedAt says so, or else it is when it was queued. */
    private static long since(JsonNode message) {
        if (!message.hasNonNull("timestamp")) {
            return Long.MAX_VALUE;
        }
        try {
            return message.hasNonNull("receivedAt") ? Instant.parse(message.get("receivedAt").asText()).toEpochMilli()
                    : message.get("timestamp").asLong();
        } catch (DateTimeException e) {
            return message.get("timestamp").asLong();
        }
    }
}

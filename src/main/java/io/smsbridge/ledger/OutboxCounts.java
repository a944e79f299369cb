package io.smsbridge.ledger;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much waits in the outbox and among the dead letters, and since when. What is asked for often is kept for a moment. Queues are named
 * sends.ACCOUNT, sends.ACCOUNT.high, events.DOWNSTREAM, and dead-letters. before what was given up.
 */
public final class OutboxCounts {

    /** What is not known: the ledger can't be read. */
    public static final long UNKNOWN = -1;

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.outbox");
    private static final long KEPT = 1_000;

    private record Count(long items, long retrying, long since) {
    }

    private final LedgerDatabase ledger;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile Map<String, Count> counts;
    private volatile long askedAt;
    private volatile boolean failing;

    public OutboxCounts(LedgerDatabase ledger) {
        this.ledger = ledger;
    }

    /** How many recipients, events or dead letters are in the queue; what is under way, too. */
    public long waiting(String queue) {
        Map<String, Count> known = counts();
        return known == null ? UNKNOWN : known.containsKey(queue) ? known.get(queue).items() : 0;
    }

    /** Of those, how many wait for the time of their retry. */
    public long retrying(String queue) {
        Map<String, Count> known = counts();
        return known == null ? UNKNOWN : known.containsKey(queue) ? known.get(queue).retrying() : 0;
    }

    /** How long ago the oldest of them came to the bridge, in milliseconds; 0 when none waits. */
    public long oldestAge(String queue) {
        Map<String, Count> known = counts();
        return known == null ? UNKNOWN : known.containsKey(queue) ? Math.max(0, System.currentTimeMillis() - known.get(queue).since()) : 0;
    }

    /** How many are in each queue whose name begins so, but for those that are empty; null: the ledger can't be read. */
    public Map<String, Long> queues(String beginning) {
        Map<String, Count> known = counts();
        if (known == null) {
            return null;
        }
        Map<String, Long> found = new TreeMap<>();
        known.forEach((queue, count) -> {
            if (queue.startsWith(beginning)) {
                found.put(queue, count.items());
            }
        });
        return found;
    }

    /** How many wait for the time of their retry in all queues whose name begins so. */
    public long retryingOf(String beginning) {
        Map<String, Count> known = counts();
        return known == null ? UNKNOWN : known.entrySet().stream().filter(queue -> queue.getKey().startsWith(beginning))
                .mapToLong(queue -> queue.getValue().retrying()).sum();
    }

    /** Null when the ledger can't be read. Whoever comes while another asks takes what was known before. */
    private Map<String, Count> counts() {
        boolean stale = System.currentTimeMillis() - askedAt > KEPT;
        if (stale && (askedAt == 0 ? lock() : asking.tryLock())) {
            try {
                if (System.currentTimeMillis() - askedAt > KEPT) {
                    counts = ask();
                    askedAt = System.currentTimeMillis();
                }
            } finally {
                asking.unlock();
            }
        }
        return counts;
    }

    private boolean lock() {
        asking.lock();
        return true;
    }

    private Map<String, Count> ask() {
        Map<String, Count> found = new HashMap<>();
        try {
            ledger.query("count-outbox", statement -> statement.set("now", System.currentTimeMillis()), row -> found.put(
                    row.getString(1) + "." + row.getString(2) + (row.getString(1).equals("sends") && row.getInt(3) == OutboxRow.HIGH ? ".high" : ""),
                    new Count(row.getLong(4), row.getLong(5), row.getLong(6))));
            ledger.query("count-dead-letters-by-queue", statement -> { }, row -> found.put("dead-letters." + row.getString(1) + "." + row.getString(2),
                    new Count(row.getLong(3), 0, row.getLong(4))));
            failing = false;
            return found;
        } catch (SQLException e) {
            if (!failing) {
                LOG.warn("what waits in the outbox is not known: {}", e.getMessage());
            }
            failing = true;
            return null;
        }
    }
}

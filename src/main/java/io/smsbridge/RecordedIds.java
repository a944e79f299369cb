package io.smsbridge;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLongArray;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which messages the ledger may hold, in memory: a Bloom filter, which now and then takes a new id for a known one, but never a known
 * one for new. Almost all that is sent is new, and to ask SQLite for that took a third of the door's time: each commit makes its readers
 * read their pages again.
 */
final class RecordedIds {

    private static final Logger LOG = LoggerFactory.getLogger(RecordedIds.class);
    /** 8 MB: of five million ids one in 250 new ones is looked for in vain, of twenty million one in four. */
    private static final int BITS = 1 << 26;
    private static final int BITS_OF_ONE = 4;

    private final AtomicLongArray words = new AtomicLongArray(BITS / Long.SIZE);
    private volatile boolean complete;

    /**
     * Reads the ids that the ledger holds, in a thread of its own. Until that is done, and where it is never begun, any id may be there.
     * Not for a database that others write to.
     */
    void read(DataSource ledger) {
        Thread reader = new Thread(() -> {
            try (Connection connection = ledger.getConnection(); Statement select = connection.createStatement();
                    ResultSet rows = select.executeQuery("SELECT id FROM message")) {
                while (rows.next()) {
                    add(rows.getString(1));
                }
                complete = true;
            } catch (SQLException e) {
                LOG.warn("the ids in the ledger can't be read, so each send is looked for there: {}", e.getMessage());
            }
        }, "recorded-ids");
        reader.setDaemon(true);
        reader.start();
    }

    /** Before it is written into the ledger. */
    void add(String id) {
        long hash = hash(id);
        for (int i = 0; i < BITS_OF_ONE; i++) {
            int bit = bit(hash, i);
            long mask = 1L << bit;
            if ((words.get(bit / Long.SIZE) & mask) == 0) {
                words.accumulateAndGet(bit / Long.SIZE, mask, (word, more) -> word | more);
            }
        }
    }

    /** Whether the ledger has to be asked for this id. */
    boolean mayHold(String id) {
        if (!complete) {
            return true;
        }
        long hash = hash(id);
        for (int i = 0; i < BITS_OF_ONE; i++) {
            int bit = bit(hash, i);
            if ((words.get(bit / Long.SIZE) & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    private static int bit(long hash, int i) {
        return (int) (hash + i * (hash >>> 32 | 1)) & BITS - 1;
    }

    private static long hash(String id) {
        long hash = id.length();
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return hash;
    }
}

package io.smsbridge.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bean {@code intakeLimit}: whether there is room to store what comes in. It says no while the database still takes rows, so that what was
 * stored moves on and makes room.
 */
public final class IntakeLimit {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.room");
    private static final long MEASURED_EVERY = TimeUnit.SECONDS.toNanos(1);

    private final Path data;
    private final Size used;
    private final long maxSize;
    private final long minFree;
    private final ReentrantLock measuring = new ReentrantLock();
    private volatile long measuredAt = System.nanoTime() - MEASURED_EVERY;
    private volatile long size;
    private volatile boolean full;

    /**
     * @param data    directory of the database in this process; null for one elsewhere, which has limits of its own
     * @param used    what the database takes of it; deleted rows leave room that it uses again
     * @param maxSize most bytes that it may take; 0: no limit
     * @param minFree fewest bytes that have to be free on its disk; 0: no limit
     */
    public IntakeLimit(Path data, Size used, long maxSize, long minFree) {
        this.used = used;
        this.data = data;
        this.maxSize = maxSize;
        this.minFree = minFree;
    }

    /** Error: 503 while there is no room. */
    public void check() {
        if (isFull()) {
            throw new RefusedCall(503, "the bridge has no room to store it; nothing of the request was accepted. Send it again later");
        }
    }

    /** Measured at most once a second, by one of those who ask. */
    public boolean isFull() {
        if (data != null && System.nanoTime() - measuredAt >= MEASURED_EVERY && measuring.tryLock()) {
            try {
                measure();
                measuredAt = System.nanoTime();
            } finally {
                measuring.unlock();
            }
        }
        return full;
    }

    /** Bytes that the database takes on disk, as measured last. */
    public long size() {
        return size;
    }

    private void measure() {
        String reason = null;
        try {
            size = used.bytes();
            long free = minFree == 0 ? 0 : Files.getFileStore(data).getUsableSpace();
            if (maxSize > 0 && size >= maxSize) {
                reason = String.format(Locale.ROOT, "the ledger takes %d MB, and data.maxSize is %d MB", size >> 20, maxSize >> 20);
            } else if (free < minFree) {
                reason = String.format(Locale.ROOT, "%d MB are free on the disk of data.directory, and data.minFreeDisk is %d MB", free >> 20, minFree >> 20);
            }
        } catch (SQLException e) {
            // Not for want of room: whoever stores says what it is.
            return;
        } catch (IOException e) {
            reason = "the disk of data.directory can't be read: " + e;
        }
        if (full != (reason != null)) {
            full = reason != null;
            if (full) {
                LOG.error("sends and webhooks are answered 503 from now on: {}; what is stored goes on", reason);
            } else {
                LOG.warn("there is room again: sends and webhooks are taken in");
            }
        }
    }

    /** Bytes that what is stored takes. */
    @FunctionalInterface
    public interface Size {
        long bytes() throws SQLException;
    }
}

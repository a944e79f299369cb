package io.smsbridge.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

import io.smsbridge.settings.InvalidSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second process from a ledger in a SQLite file. What is in work there is known in the memory of one process alone, so a second one
 * would send it again. The system releases the lock when the process ends, however that happens.
 */
final class LedgerLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.start");
    /** A bridge that was told to stop still holds the lock for up to 10 seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LOOK_EVERY = 100;

    private final FileChannel channel;

    private LedgerLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @param database the SQLite file; the lock is a file beside it, as SQLite has locks of its own on this one */
    static LedgerLock take(Path database) {
        Path file = database.resolveSibling(database.getFileName() + ".lock");
        LedgerLock lock;
        try {
            lock = new LedgerLock(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw new InvalidSettings(List.of("data.directory: " + file + " can't be written: " + e));
        }
        try {
            if (lock.await(database)) {
                return lock;
            }
        } catch (IOException e) {
            lock.close();
            throw new InvalidSettings(List.of("data.directory: " + file + " can't be locked: " + e));
        }
        lock.close();
        throw new InvalidSettings(List.of("data.directory: another bridge is running on the ledger " + database
                + "; stop it, or give this one another data.directory (bridges that share the work need a PostgreSQL, ledger.url)"));
    }

    private boolean await(Path database) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean told = false;
        while (!tryLock()) {
            if (System.nanoTime() > end) {
                return false;
            }
            if (!told) {
                told = true;
                LOG.warn("another bridge is running on the ledger {}; waiting up to {} s for its end", database, PATIENCE.toSeconds());
            }
            try {
                Thread.sleep(LOOK_EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private boolean tryLock() throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // Another bridge in this process, as in tests.
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("the ledger's lock can't be closed: {}", e.getMessage());
        }
    }
}

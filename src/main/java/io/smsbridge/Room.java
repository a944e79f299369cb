package io.smsbridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bean {@code room}: whether there is room to store what comes in. It says no while the broker still takes messages, so that what was
 * stored moves on, from queue to queue, and makes room.
 */
public final class Room {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.room");
    private static final long MEASURED_EVERY = TimeUnit.SECONDS.toNanos(1);

    private final Path queues;
    private final long maxSize;
    private final long minFree;
    private final long patience;
    private final ReentrantLock measuring = new ReentrantLock();
    private final Set<Storing> storing = ConcurrentHashMap.newKeySet();
    private ScheduledExecutorService watch;
    private volatile long measuredAt = System.nanoTime() - MEASURED_EVERY;
    private volatile long size;
    private volatile boolean full;

    /** A thread that hands a request to the broker, and since when. */
    private static final class Storing {
        private final Thread thread = Thread.currentThread();
        private final long since = System.nanoTime();
        private boolean interrupted;
        private boolean done;

        private synchronized void interrupt() {
            if (!done) {
                interrupted = true;
                thread.interrupt();
            }
        }

        private synchronized void end() {
            done = true;
            if (interrupted) {
                Thread.interrupted();
            }
        }
    }

    /**
     * @param queues   directory of the broker in this process; null for an external one
     * @param maxSize  most bytes that it may hold; 0: no limit
     * @param minFree  fewest bytes that have to be free on its disk; 0: no limit
     * @param patience longest milliseconds that a request waits for the broker to take it
     */
    Room(Path queues, long maxSize, long minFree, long patience) {
        this.queues = queues;
        this.maxSize = maxSize;
        this.minFree = minFree;
        this.patience = patience;
    }

    /** Whether new work is to be refused. Measured at most once a second, by one of those who ask. */
    public boolean isFull() {
        if (queues != null && System.nanoTime() - measuredAt >= MEASURED_EVERY && measuring.tryLock()) {
            try {
                measure();
                measuredAt = System.nanoTime();
            } finally {
                measuring.unlock();
            }
        }
        return full;
    }

    /** Bytes that the queues take on disk, as measured last. */
    public long size() {
        return size;
    }

    private void measure() {
        String reason = null;
        try {
            size = maxSize == 0 ? 0 : size(queues);
            long free = minFree == 0 ? 0 : Files.getFileStore(queues).getUsableSpace();
            if (maxSize > 0 && size >= maxSize) {
                reason = String.format(Locale.ROOT, "the queues take %d MB, and queue.maxSize is %d MB", size >> 20, maxSize >> 20);
            } else if (free < minFree) {
                reason = String.format(Locale.ROOT, "%d MB are free on the disk of the queues, and queue.minFreeDisk is %d MB", free >> 20, minFree >> 20);
            }
        } catch (IOException | UncheckedIOException e) {
            reason = "the disk of the queues can't be read: " + e;
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

    private static long size(Path directory) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            /** The broker removes files while they are looked at. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
    }

    /**
     * The request is handed to the broker next. A broker that is full can let a producer wait, for as long as it is; then the request
     * ends with an error after a while, and its caller comes back.
     */
    public void watch(Exchange exchange) {
        if (queues != null) {
            return;
        }
        Storing request = new Storing();
        synchronized (storing) {
            if (watch == null) {
                watch = Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread thread = new Thread(task, "room");
                    thread.setDaemon(true);
                    return thread;
                });
                watch.scheduleWithFixedDelay(this::interruptWaiting, 1, 1, TimeUnit.SECONDS);
            }
        }
        storing.add(request);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                storing.remove(request);
                request.end();
            }
        });
    }

    private void interruptWaiting() {
        long now = System.nanoTime();
        storing.stream().filter(request -> now - request.since > TimeUnit.MILLISECONDS.toNanos(patience)).forEach(Storing::interrupt);
    }

    void stop() {
        synchronized (storing) {
            if (watch != null) {
                watch.shutdownNow();
            }
        }
    }
}

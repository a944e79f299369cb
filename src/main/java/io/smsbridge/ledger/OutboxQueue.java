package io.smsbridge.ledger;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What waits for one target, of which a window is kept in memory and the rest stays in the table. High goes first; rows of one grouping
 * that wait together go together. It holds threads only for calls under way.
 */
public final class OutboxQueue implements OutboxTable.Fetcher {

    /** Milliseconds. */
    private static final long LONG_WAIT = 1000;

    private final String queue;
    private final String target;
    private final OutboxTable table;
    private final ReentrantLock lock = new ReentrantLock();
    private final OutboxWindow window;
    private final OutboxRest rest = new OutboxRest();
    private final OutboxCalls calls = new OutboxCalls();

    private Executor threads;
    private OutboxAlarm alarm;
    private Consumer<OutboxBatch> handler;

    OutboxQueue(String queue, String target, OutboxTable table, OutboxMemory memory) {
        this.queue = queue;
        this.target = target;
        this.table = table;
        window = new OutboxWindow(memory);
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public String target() {
        return target;
    }

    void start(OutboxCalls.Terms terms, Executor callThreads, ScheduledExecutorService callTimer, Consumer<OutboxBatch> callHandler) {
        lock.lock();
        try {
            calls.take(terms);
            threads = callThreads;
            alarm = new OutboxAlarm(callTimer, this::wakeByAlarm);
            handler = callHandler;
            rest.dueNow();
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** What is in memory and not under way goes back to the table. */
    void stop() {
        locked(() -> {
            handler = null;
            if (alarm != null) {
                alarm.stop();
            }
            // Within the lock, so that whoever starts next finds them.
            table.giveBack(window.clear());
        });
    }

    /** Calls under way. */
    public int running() {
        return locked(calls::running);
    }

    /**
     * Whether a new row is to be kept in memory from the start: there is somebody who takes it, room, and nobody before it in the table.
     * Then {@link #offer} or {@link #refuse} follows.
     */
    boolean reserve(int lane, int rowItems, int rowBytes) {
        lock.lock();
        try {
            boolean reserved = handler != null && rest.isNone(lane) && window.reserve(lane, rowItems, rowBytes, calls.window());
            if (!reserved) {
                rest.left(lane);
            }
            return reserved;
        } finally {
            lock.unlock();
        }
    }

    /** The reserved row is committed. */
    void offer(OutboxRow row) {
        lock.lock();
        try {
            if (handler != null) {
                window.addReserved(row);
            } else {
                window.unreserve(row);
                table.giveBack(List.of(row));
            }
        } finally {
            lock.unlock();
        }
    }

    /** The reserved row was not written after all. */
    void refuse(OutboxRow row) {
        locked(() -> window.unreserve(row));
    }

    /** Rows of a call that did not take place, or whose target is to be asked again as if for the first time: they are the next to go. */
    void putBack(OutboxBatch batch) {
        lock.lock();
        try {
            if (handler != null) {
                window.addFirst(batch.rows());
            } else {
                table.giveBack(batch.rows());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes a row out of memory; null where it is not there, or in a call. It is no longer known here, and still this bridge's in the table. */
    OutboxRow takeOut(long id) {
        return locked(() -> window.takeOut(id));
    }

    /** There are rows in the table, due now or from that time on. */
    public void due(int lane, long at) {
        locked(() -> rest.due(lane, at, System.currentTimeMillis()));
        wake();
    }

    /** Looks whether something may go now. */
    public void wake() {
        lock.lock();
        try {
            OutboxBatch batch;
            while (handler != null && (batch = next()) != null) {
                OutboxBatch first = batch;
                try {
                    threads.execute(() -> work(first));
                } catch (RejectedExecutionException e) {
                    calls.ended(first);
                    putBack(first);
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void work(OutboxBatch first) {
        OutboxBatch batch = first;
        while (batch != null) {
            try {
                handle(batch);
            } finally {
                lock.lock();
                try {
                    calls.ended(batch);
                    batch = handler == null ? null : next();
                } finally {
                    lock.unlock();
                }
            }
        }
        wake();
    }

    private void handle(OutboxBatch batch) {
        Consumer<OutboxBatch> current = handler;
        if (current == null) {
            putBack(batch);
        } else {
            current.accept(batch);
        }
    }

    /** The next batch that may go now, counted as running; null where there is none. Sees to it that somebody asks again. */
    private OutboxBatch next() {
        fetch();
        if (table.isAway()) {
            alarm.set(System.currentTimeMillis() + 200);
            return null;
        }
        for (int lane = OutboxRow.HIGH; lane < OutboxRow.LANES; lane++) {
            if (window.rows(lane) == 0) {
                continue;
            }
            if (!calls.hasSlot(lane == OutboxRow.HIGH)) {
                return null;
            }
            int most = calls.limit();
            List<OutboxRow> chosen = window.next(lane, most);
            long wait = calls.wait(chosen, most);
            if (wait > 0) {
                if (wait != Long.MAX_VALUE) {
                    alarm.set(System.currentTimeMillis() + wait);
                }
                if (wait >= LONG_WAIT) {
                    window.keepJsonAlone();
                }
                return null;
            }
            return start(lane, chosen);
        }
        return null;
    }

    private OutboxBatch start(int lane, List<OutboxRow> chosen) {
        window.remove(lane, chosen);
        OutboxBatch batch = new OutboxBatch(queue, target, chosen);
        calls.started(batch);
        fetch();
        return batch;
    }

    /** Fetches what waits in the table, where there is room for it. */
    private void fetch() {
        long nextDue = rest.nextDue(System.currentTimeMillis());
        if (nextDue != Long.MAX_VALUE) {
            alarm.set(nextDue);
        }
        for (int lane = OutboxRow.HIGH; lane < OutboxRow.LANES; lane++) {
            if (rest.isToFetch(lane) && window.rows(lane) < OutboxTable.ROWS / 2 && window.hasRoom(lane, calls.window() / 2)) {
                rest.fetching(lane);
                table.fetch(this, lane);
            }
        }
    }

    /** The table is looked into now, in the writer's thread, as are all rows written. */
    @Override
    public void looked(int lane) {
        locked(() -> rest.looked(lane));
    }

    /** Rows that were fetched, the first one first. Fewer than {@link #OutboxTable.ROWS}: the table holds no more that are due. */
    @Override
    public void fetched(int lane, List<OutboxRow> rows) {
        lock.lock();
        try {
            rest.fetched(lane, handler != null && rows.size() < OutboxTable.ROWS);
            if (handler != null) {
                rows.forEach(window::add);
            } else {
                table.giveBack(rows);
            }
        } finally {
            lock.unlock();
        }
        wake();
    }

    @Override
    public void notFetched(int lane) {
        lock.lock();
        try {
            rest.fetched(lane, false);
            if (alarm != null) {
                alarm.set(System.currentTimeMillis() + 500);
            }
        } finally {
            lock.unlock();
        }
    }

    private void wakeByAlarm() {
        locked(() -> alarm.done());
        wake();
    }

    private void locked(Runnable change) {
        locked(() -> {
            change.run();
            return null;
        });
    }

    private <T> T locked(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }
}

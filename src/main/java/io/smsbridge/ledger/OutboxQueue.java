package io.smsbridge.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What waits for one target, of which a window is kept in memory and the rest stays in the table. High goes first; rows of one grouping
 * that wait together go together. It holds threads only for calls under way.
 */
public final class OutboxQueue {

    static final int HIGH = 0;
    static final int LANES = 2;
    /** Rows fetched from the table at one time. */
    static final int ROWS = 50;

    /**
     * How a consumer takes what waits.
     *
     * @param batchSize    most items in one call
     * @param parallel     most calls at one time
     * @param keepsOneFree whether one of them is kept free for what is high
     * @param gatherMillis how long few items may wait for more while another call is under way
     */
    record Terms(int batchSize, int parallel, boolean keepsOneFree, long gatherMillis, OutboxGate gate) {
    }

    private final String queue;
    private final String target;
    private final Outbox outbox;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Deque<OutboxRow>> lanes = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    /** Whether the table holds rows of a lane that are due and not in memory. */
    private final boolean[] more = {true, true};
    private final boolean[] fetching = new boolean[LANES];
    /** Whether a row was left to the table after the fetch under way has looked into it. */
    private final boolean[] missed = new boolean[LANES];
    private int items;
    private long bytes;
    private int reserved;
    private int running;
    private int runningNormal;
    private long nextDue = Long.MAX_VALUE;
    private ScheduledFuture<?> alarm;
    private long alarmAt = Long.MAX_VALUE;

    private Terms terms;
    private Executor threads;
    private ScheduledExecutorService timer;
    private Consumer<OutboxBatch> handler;

    OutboxQueue(String queue, String target, Outbox outbox) {
        this.queue = queue;
        this.target = target;
        this.outbox = outbox;
    }

    String queue() {
        return queue;
    }

    String target() {
        return target;
    }

    void start(Terms newTerms, Executor callThreads, ScheduledExecutorService callTimer, Consumer<OutboxBatch> callHandler) {
        lock.lock();
        try {
            terms = newTerms;
            threads = callThreads;
            timer = callTimer;
            handler = callHandler;
            more[0] = true;
            more[1] = true;
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** What is in memory and not under way goes back to the table. */
    void stop() {
        List<OutboxRow> left = new ArrayList<>();
        lock.lock();
        try {
            handler = null;
            for (Deque<OutboxRow> lane : lanes) {
                left.addAll(lane);
                lane.clear();
            }
            items = 0;
            release(bytes);
            bytes = 0;
            if (alarm != null) {
                alarm.cancel(false);
            }
        } finally {
            lock.unlock();
        }
        outbox.giveBack(left);
    }

    /** Calls under way. */
    public int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a new row is to be kept in memory from the start: there is somebody who takes it, room, and nobody before it in the table.
     * Then {@link #offer} or {@link #refuse} follows.
     */
    boolean reserve(int lane, int rowItems, int rowBytes) {
        lock.lock();
        try {
            if (handler == null || more[lane] || fetching[lane] || items + reserved + rowItems > window() || !outbox.reserve(rowBytes)) {
                more[lane] = true;
                missed[lane] = true;
                return false;
            }
            reserved += rowItems;
            bytes += rowBytes;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private int window() {
        return Math.max(2 * terms.parallel() * terms.batchSize(), 100);
    }

    /** The reserved row is committed. */
    void offer(OutboxRow row) {
        boolean gone;
        lock.lock();
        try {
            reserved -= row.items().size();
            gone = handler == null;
            if (!gone) {
                lanes.get(row.lane()).add(row);
                items += row.items().size();
            } else {
                bytes -= row.bytes();
                release(row.bytes());
            }
        } finally {
            lock.unlock();
        }
        if (gone) {
            outbox.giveBack(List.of(row));
        }
    }

    /** The reserved row was not written after all. */
    void refuse(OutboxRow row) {
        lock.lock();
        try {
            reserved -= row.items().size();
            bytes -= row.bytes();
            release(row.bytes());
        } finally {
            lock.unlock();
        }
    }

    /** Rows of a call that did not take place, or whose target is to be asked again as if for the first time: they are the next to go. */
    void putBack(OutboxBatch batch) {
        List<OutboxRow> left = new ArrayList<>();
        lock.lock();
        try {
            if (handler == null) {
                left.addAll(batch.rows());
            } else {
                Deque<OutboxRow> lane = lanes.get(batch.rows().get(0).lane());
                for (int i = batch.rows().size() - 1; i >= 0; i--) {
                    OutboxRow row = batch.rows().get(i);
                    lane.addFirst(row);
                    items += row.items().size();
                    bytes += row.bytes();
                    outbox.take(row.bytes());
                }
            }
        } finally {
            lock.unlock();
        }
        outbox.giveBack(left);
    }

    /** There are rows in the table, due now or from that time on. */
    public void due(int lane, long at) {
        lock.lock();
        try {
            if (at <= System.currentTimeMillis()) {
                more[lane] = true;
            } else {
                nextDue = Math.min(nextDue, at);
            }
        } finally {
            lock.unlock();
        }
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
                    ended(first);
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
                    ended(batch);
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

    private void ended(OutboxBatch batch) {
        running--;
        runningNormal -= batch.isHigh() ? 0 : 1;
        terms.gate().ended(batch);
    }

    /** The next batch that may go now, counted as running; null where there is none. Sees to it that somebody asks again. */
    private OutboxBatch next() {
        fetch();
        if (outbox.isAway()) {
            alarm(System.currentTimeMillis() + 200);
            return null;
        }
        for (int lane = HIGH; lane < LANES; lane++) {
            Deque<OutboxRow> rows = lanes.get(lane);
            if (rows.isEmpty()) {
                continue;
            }
            if (!hasSlot(lane)) {
                return null;
            }
            int most = terms.gate().limit(terms.batchSize());
            List<OutboxRow> chosen = new ArrayList<>();
            int count = choose(rows, most, chosen);
            long gather = gatherLeft(rows.peek(), count, most);
            if (gather > 0) {
                alarm(System.currentTimeMillis() + Math.max(1, gather / 1_000_000));
                return null;
            }
            long wait = terms.gate().tryStart(lane == HIGH, count);
            if (wait > 0) {
                if (wait != Long.MAX_VALUE) {
                    alarm(System.currentTimeMillis() + wait);
                }
                return null;
            }
            return start(rows, chosen, count);
        }
        return null;
    }

    private boolean hasSlot(int lane) {
        return running < terms.parallel()
                && (lane == HIGH || !terms.keepsOneFree() || terms.parallel() == 1 || runningNormal < terms.parallel() - 1);
    }

    private static int choose(Deque<OutboxRow> rows, int most, List<OutboxRow> chosen) {
        int count = 0;
        String grouping = rows.peek().grouping();
        for (OutboxRow row : rows) {
            if (!row.grouping().equals(grouping) || count > 0 && count + row.items().size() > most) {
                break;
            }
            chosen.add(row);
            count += row.items().size();
        }
        return count;
    }

    /** Nanoseconds for which few items wait for more; what comes alone goes at once. */
    private long gatherLeft(OutboxRow oldest, int count, int most) {
        return running == 0 || count >= most ? 0 : TimeUnit.MILLISECONDS.toNanos(terms.gatherMillis()) - (System.nanoTime() - oldest.arrivedNanos());
    }

    private OutboxBatch start(Deque<OutboxRow> rows, List<OutboxRow> chosen, int count) {
        Iterator<OutboxRow> from = rows.iterator();
        for (OutboxRow row : chosen) {
            from.next();
            from.remove();
            bytes -= row.bytes();
            release(row.bytes());
        }
        items -= count;
        running++;
        OutboxBatch batch = new OutboxBatch(queue, target, chosen);
        runningNormal += batch.isHigh() ? 0 : 1;
        terms.gate().started(batch);
        fetch();
        return batch;
    }

    private void release(long count) {
        outbox.release(count);
    }

    /** Fetches what waits in the table, where there is room for it. */
    private void fetch() {
        long now = System.currentTimeMillis();
        if (nextDue <= now) {
            nextDue = Long.MAX_VALUE;
            more[0] = true;
            more[1] = true;
        } else if (nextDue != Long.MAX_VALUE) {
            alarm(nextDue);
        }
        for (int lane = HIGH; lane < LANES; lane++) {
            if (more[lane] && !fetching[lane] && lanes.get(lane).size() < ROWS / 2 && items < window() / 2 && outbox.hasRoom()) {
                fetching[lane] = true;
                outbox.fetch(this, lane);
            }
        }
    }

    /** The table is looked into now, in the writer's thread, as are all rows written. */
    void looked(int lane) {
        lock.lock();
        try {
            missed[lane] = false;
        } finally {
            lock.unlock();
        }
    }

    /** Rows that were fetched, the first one first. Fewer than {@link #ROWS}: the table holds no more that are due. */
    void fetched(int lane, List<OutboxRow> rows) {
        boolean gone;
        lock.lock();
        try {
            fetching[lane] = false;
            gone = handler == null;
            if (!gone) {
                more[lane] = rows.size() == ROWS || missed[lane];
                for (OutboxRow row : rows) {
                    lanes.get(lane).add(row);
                    items += row.items().size();
                    bytes += row.bytes();
                    outbox.take(row.bytes());
                }
            }
        } finally {
            lock.unlock();
        }
        if (gone) {
            outbox.giveBack(rows);
        } else {
            wake();
        }
    }

    void notFetched(int lane) {
        lock.lock();
        try {
            fetching[lane] = false;
            alarm(System.currentTimeMillis() + 500);
        } finally {
            lock.unlock();
        }
    }

    private void alarm(long at) {
        if (at >= alarmAt && alarm != null && !alarm.isDone()) {
            return;
        }
        if (alarm != null) {
            alarm.cancel(false);
        }
        alarmAt = at;
        try {
            alarm = timer.schedule(this::wakeByAlarm, Math.max(0, at - System.currentTimeMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            alarm = null;
        }
    }

    private void wakeByAlarm() {
        lock.lock();
        try {
            alarm = null;
            alarmAt = Long.MAX_VALUE;
        } finally {
            lock.unlock();
        }
        wake();
    }
}

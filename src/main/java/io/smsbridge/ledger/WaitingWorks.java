package io.smsbridge.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Works that wait for the writer's next commit. */
final class WaitingWorks {

    /** Works in one transaction. */
    private static final int TOGETHER = 500;
    /** Works that may wait; beyond that the database is too slow for what comes. */
    private static final int MOST = 20_000;
    /** How long work that nobody waits for may wait for company. */
    private static final long LATER = TimeUnit.MILLISECONDS.toNanos(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<LedgerWork> now = new ArrayDeque<>();
    private final Deque<LedgerWork> later = new ArrayDeque<>();
    private long laterSince;
    private boolean closing;
    private volatile String away;

    /** Null, or why the work is not taken. */
    String add(LedgerWork work) {
        lock.lock();
        try {
            if (closing) {
                return "the bridge is stopping";
            }
            if (!work.waitsForLedger() && (away != null || now.size() >= MOST)) {
                return away != null ? away : now.size() + " requests wait for the database";
            }
            now.add(work);
            changed.signal();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** For work that goes with somebody else's commit, or within some milliseconds. Null, or why it is not taken. */
    String addLater(LedgerWork work) {
        lock.lock();
        try {
            if (closing) {
                return "the bridge is stopping";
            }
            if (later.isEmpty()) {
                laterSince = System.nanoTime();
                changed.signal();
            }
            later.add(work);
            return null;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return now.size() + later.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for works of the next transaction; false when the writer is closed and nothing is left. */
    boolean take(List<LedgerWork> works) {
        lock.lock();
        try {
            while (now.isEmpty()) {
                if (later.isEmpty()) {
                    if (closing) {
                        return false;
                    }
                    changed.awaitUninterruptibly();
                } else {
                    long left = LATER - (System.nanoTime() - laterSince);
                    if (left <= 0 || closing) {
                        break;
                    }
                    changed.awaitNanos(left);
                }
            }
            move(now, works, TOGETHER);
            move(later, works, 2 * TOGETHER);
            laterSince = System.nanoTime();
            return true;
        } catch (InterruptedException e) {
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static void move(Deque<LedgerWork> from, List<LedgerWork> to, int most) {
        while (to.size() < most && !from.isEmpty()) {
            to.add(from.poll());
        }
    }

    /** Why the database can't be written at present; null when it can. */
    String away() {
        return away;
    }

    /** From now on works that can't wait are not taken; those that wait here are handed over. */
    List<LedgerWork> refuseBecause(String reason) {
        lock.lock();
        try {
            away = reason;
            List<LedgerWork> all = new ArrayList<>(now);
            now.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    void takeAgain() {
        lock.lock();
        try {
            away = null;
        } finally {
            lock.unlock();
        }
    }

    /** False when the bridge stops: then nobody waits for a database any longer. */
    boolean pause(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
            return !closing;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more. */
    void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

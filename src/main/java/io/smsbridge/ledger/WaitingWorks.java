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

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<LedgerWork> waiting = new ArrayDeque<>();
    private boolean closing;
    private volatile String away;

    /** Null, or why the work is not taken. */
    String add(LedgerWork work) {
        lock.lock();
        try {
            if (closing) {
                return "the bridge is stopping";
            }
            if (!work.waitsForLedger() && (away != null || waiting.size() >= MOST)) {
                return away != null ? away : waiting.size() + " requests wait for the database";
            }
            waiting.add(work);
            changed.signal();
            return null;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for works of the next transaction; false when the writer is closed and nothing is left. */
    boolean take(List<LedgerWork> works) {
        lock.lock();
        try {
            while (waiting.isEmpty()) {
                if (closing) {
                    return false;
                }
                changed.awaitUninterruptibly();
            }
            while (works.size() < TOGETHER && !waiting.isEmpty()) {
                works.add(waiting.poll());
            }
            return true;
        } finally {
            lock.unlock();
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
            List<LedgerWork> all = new ArrayList<>(waiting);
            waiting.clear();
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

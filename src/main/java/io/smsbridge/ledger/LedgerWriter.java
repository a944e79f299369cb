package io.smsbridge.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one who writes. Whatever waits shares a transaction and its one write to disk; then every caller is told. Nobody holds a thread
 * while he waits.
 * <p>
 * Works of a transaction that fails are tried again one by one, so that none fails because of its neighbour. Where the database itself
 * fails, works that wait for nobody fail at once, the others are kept, and the database is tried again until it is back.
 */
public final class LedgerWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.ledger");
    /** Works in one transaction. */
    private static final int TOGETHER = 500;
    /** Works that may wait; beyond that the database is too slow for what comes. */
    private static final int WAITING = 20_000;
    /** How long work that nobody waits for may wait for company. */
    private static final long LATER = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long FIRST_TRY = 100;
    private static final long LONGEST_TRY = 2_000;

    private final DataSource connections;
    private final Function<String, LedgerSql> files;
    private final LedgerIds ids = new LedgerIds();
    private final Thread thread = new Thread(this::run, "ledger-writer");
    private final ExecutorService callbacks = Executors.newSingleThreadExecutor(task -> {
        Thread one = new Thread(task, "ledger-answers");
        one.setDaemon(true);
        return one;
    });

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Deque<LedgerWork> now = new ArrayDeque<>();
    private Deque<LedgerWork> later = new ArrayDeque<>();
    private long laterSince;
    private boolean closing;
    private volatile String away;

    private LedgerTransaction transaction;

    LedgerWriter(DataSource connections, Function<String, LedgerSql> files) {
        this.connections = connections;
        this.files = files;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Writes the work with the next commit. It fails by {@link LedgerWork#failed}, never by an exception here. */
    public void submit(LedgerWork work) {
        String refusal = null;
        lock.lock();
        try {
            if (closing) {
                refusal = "the bridge is stopping";
            } else if (away != null && !work.waitsForLedger()) {
                refusal = away;
            } else if (now.size() >= WAITING && !work.waitsForLedger()) {
                refusal = now.size() + " requests wait for the database";
            } else {
                now.add(work);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
        if (refusal != null) {
            work.failed(new LedgerAway(refusal));
        }
    }

    /** What a caller who waits has written. */
    @FunctionalInterface
    public interface Call<T> {
        T write(LedgerTransaction transaction) throws SQLException;
    }

    /** Writes, and waits until it is on disk: for operators' calls, not for what comes in. */
    public <T> T call(Call<T> call) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        submit(new LedgerWork() {
            private T result;

            @Override
            public void write(LedgerTransaction transaction) throws SQLException {
                result = call.write(transaction);
            }

            @Override
            public void committed() {
                answer.complete(result);
            }

            @Override
            public void failed(Exception reason) {
                answer.completeExceptionally(reason);
            }
        });
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Writes the work with somebody else's commit, or within some milliseconds. */
    public void submitLater(LedgerWork work) {
        lock.lock();
        try {
            if (!closing) {
                if (later.isEmpty()) {
                    laterSince = System.nanoTime();
                    changed.signal();
                }
                later.add(work);
                return;
            }
        } finally {
            lock.unlock();
        }
        work.failed(new LedgerAway("the bridge is stopping"));
    }

    /** Why the database can't be written at present; null when it can. */
    public String away() {
        return away;
    }

    /** How many works wait for the next commit. */
    public int waiting() {
        lock.lock();
        try {
            return now.size() + later.size();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        List<LedgerWork> works = new ArrayList<>();
        while (take(works)) {
            write(works);
            works.clear();
        }
        if (transaction != null) {
            closeTransaction();
        }
    }

    /** Waits for work; false when the writer is closed and nothing is left. */
    private boolean take(List<LedgerWork> works) {
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
                    try {
                        changed.awaitNanos(left);
                    } catch (InterruptedException e) {
                        break;
                    }
                }
            }
            while (works.size() < TOGETHER && !now.isEmpty()) {
                works.add(now.poll());
            }
            while (works.size() < 2 * TOGETHER && !later.isEmpty()) {
                works.add(later.poll());
            }
            laterSince = System.nanoTime();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void write(List<LedgerWork> works) {
        Exception problem = tryWrite(works);
        if (problem == null) {
            List<LedgerWork> written = List.copyOf(works);
            callbacks.execute(() -> written.forEach(this::committed));
        } else if (isOfDatabase(problem)) {
            waitForDatabase(works, problem);
        } else if (works.size() == 1) {
            fail(works.get(0), problem);
        } else {
            LOG.info("{} works failed together, and are tried one by one: {}", works.size(), problem.getMessage());
            List.copyOf(works).forEach(work -> write(List.of(work)));
        }
    }

    private Exception tryWrite(List<LedgerWork> works) {
        try {
            LedgerTransaction open = open();
            open.begin();
            for (LedgerWork work : works) {
                work.write(open);
            }
            open.flush();
            open.commit();
            return null;
        } catch (SQLException | RuntimeException e) {
            rollback();
            return e;
        }
    }

    private LedgerTransaction open() throws SQLException {
        if (transaction == null) {
            Connection connection = connections.getConnection();
            connection.setAutoCommit(false);
            transaction = new LedgerTransaction(connection, files, ids);
        }
        return transaction;
    }

    private void rollback() {
        ids.forget();
        if (transaction != null) {
            try {
                transaction.rollback();
            } catch (SQLException e) {
                closeTransaction();
            }
        }
    }

    private void closeTransaction() {
        try {
            transaction.close();
        } catch (SQLException e) {
            LOG.debug("a connection that failed can't be closed", e);
        }
        transaction = null;
    }

    /** Tells those who don't wait, and tries the others again until they are written or the bridge stops. */
    private void waitForDatabase(List<LedgerWork> works, Exception problem) {
        LOG.error("the ledger's database can't be written, and is tried again until it is back; until then sends and webhooks are answered 503: {}",
                problem.getMessage());
        List<LedgerWork> kept = new ArrayList<>();
        List<LedgerWork> failed = new ArrayList<>();
        lock.lock();
        try {
            away = "the ledger's database can't be written: " + problem.getMessage();
            works.forEach(work -> (work.waitsForLedger() ? kept : failed).add(work));
            now.forEach(work -> (work.waitsForLedger() ? kept : failed).add(work));
            now = new ArrayDeque<>();
        } finally {
            lock.unlock();
        }
        failed.forEach(work -> fail(work, new LedgerAway(away)));
        if (transaction != null) {
            closeTransaction();
        }
        long wait = FIRST_TRY;
        Exception last = problem;
        while (last != null && isOfDatabase(last) && pause(wait)) {
            wait = Math.min(wait * 2, LONGEST_TRY);
            last = tryWrite(kept);
        }
        if (last != null && isOfDatabase(last)) {
            kept.forEach(work -> fail(work, new LedgerAway("the bridge stops, and its database is away")));
            return;
        }
        lock.lock();
        try {
            away = null;
        } finally {
            lock.unlock();
        }
        LOG.warn("the ledger's database can be written again");
        if (last == null) {
            kept.forEach(this::committed);
        } else {
            kept.forEach(work -> write(List.of(work)));
        }
    }

    /** False when the bridge stops: then nobody waits for a database any longer. */
    private boolean pause(long millis) {
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

    private void committed(LedgerWork work) {
        try {
            work.committed();
        } catch (RuntimeException e) {
            LOG.error("what follows on a commit failed", e);
        }
    }

    private void fail(LedgerWork work, Exception reason) {
        callbacks.execute(() -> {
            try {
                work.failed(reason);
            } catch (RuntimeException e) {
                LOG.error("what follows on a failed commit failed", e);
            }
        });
    }

    /** Whether it is the database that fails, whatever it was asked; not a deadlock, which is over when one of both tries again. */
    private static boolean isOfDatabase(Exception problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof org.sqlite.SQLiteException sqlite) {
                return switch (sqlite.getResultCode().code & 0xff) {
                    case 5, 6, 8, 9, 10, 13, 14, 23, 26 -> true; // busy, locked, read-only, interrupted, i/o, full, can't open, no permission, no database
                    default -> false;
                };
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                String state = sql.getSQLState();
                // Connection, resources (a full disk too), operator intervention, system error.
                return state.startsWith("08") || state.startsWith("53") || state.startsWith("57") || state.startsWith("58");
            }
            if (cause instanceof java.sql.SQLTransientConnectionException) {
                return true;
            }
        }
        return false;
    }

    /** Writes what waits, for as long as the database takes it, and ends. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
            callbacks.shutdown();
            callbacks.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

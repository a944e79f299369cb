package io.smsbridge.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.zaxxer.hikari.HikariDataSource;
import io.smsbridge.text.PhoneMask;
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
    private static final long FIRST_TRY = 100;
    private static final long LONGEST_TRY = 2_000;

    private final HikariDataSource connections;
    private final Function<String, LedgerSql> files;
    private final LedgerIds ids = new LedgerIds();
    private final Thread thread = new Thread(this::run, "ledger-writer");
    private final LedgerAnswers answers = new LedgerAnswers();
    private final WaitingWorks waiting = new WaitingWorks();
    private LedgerTransaction transaction;

    LedgerWriter(HikariDataSource connections, Function<String, LedgerSql> files) {
        this.connections = connections;
        this.files = files;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Writes the work with the next commit. It fails by {@link LedgerWork#failed}, never by an exception here. */
    public void submit(LedgerWork work) {
        String refusal = waiting.add(work);
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

    /** Why the database can't be written at present; null when it can. */
    public String away() {
        return waiting.away();
    }

    /** How many works wait for the next commit. */
    public int waiting() {
        return waiting.size();
    }

    private void run() {
        List<LedgerWork> works = new ArrayList<>();
        while (waiting.take(works)) {
            write(works);
            works.clear();
        }
        if (transaction != null) {
            dropConnection();
        }
    }

    private void write(List<LedgerWork> works) {
        Exception problem = tryWrite(works);
        if (problem == null) {
            answers.committed(works);
        } else if (DatabaseErrors.isOfDatabase(problem)) {
            waitForDatabase(works, problem);
        } else if (works.size() == 1) {
            answers.failed(works.get(0), problem);
        } else {
            LOG.info("{} works failed together, and are tried one by one: {}", works.size(), PhoneMask.masked(problem.getMessage()));
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
                dropConnection();
            }
        }
    }

    /**
     * The connection is closed, and not used for anything else: SQLite ends a transaction by itself when its disk is full, of which the
     * driver does not know. Whatever is written to it after that is on disk at once, and no commit succeeds any more.
     */
    private void dropConnection() {
        connections.evictConnection(transaction.connection());
        transaction = null;
    }

    /** Tells those who don't wait, and tries the others again until they are written or the bridge stops. */
    private void waitForDatabase(List<LedgerWork> works, Exception problem) {
        LOG.error("the ledger's database can't be written, and is tried again until it is back; until then sends and webhooks are answered 503: {}",
                PhoneMask.masked(problem.getMessage()));
        String reason = "the ledger's database can't be written: " + PhoneMask.masked(problem.getMessage());
        List<LedgerWork> kept = new ArrayList<>();
        List<LedgerWork> failed = new ArrayList<>();
        works.forEach(work -> (work.waitsForLedger() ? kept : failed).add(work));
        waiting.refuseBecause(reason).forEach(work -> (work.waitsForLedger() ? kept : failed).add(work));
        failed.forEach(work -> answers.failed(work, new LedgerAway(reason)));
        if (transaction != null) {
            dropConnection();
        }
        long wait = FIRST_TRY;
        Exception last = problem;
        while (last != null && DatabaseErrors.isOfDatabase(last) && waiting.pause(wait)) {
            wait = Math.min(wait * 2, LONGEST_TRY);
            last = tryWrite(kept);
        }
        if (last != null && DatabaseErrors.isOfDatabase(last)) {
            kept.forEach(work -> answers.failed(work, new LedgerAway("the bridge stops, and its database is away")));
            return;
        }
        waiting.takeAgain();
        LOG.warn("the ledger's database can be written again");
        if (last == null) {
            answers.committed(kept);
        } else {
            kept.forEach(work -> write(List.of(work)));
        }
    }

    /** Writes what waits, for as long as the database takes it, and ends. */
    @Override
    public void close() {
        waiting.close();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
            answers.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

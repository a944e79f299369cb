package io.smsbridge.ledger;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;

import io.smsbridge.text.LoggedError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those whose work was written, or was not. What goes on in a route does so in one of many threads, so that a step there which
 * blocks holds up nobody else.
 */
final class LedgerAnswers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.ledger");
    /** Routes that may go on at the same time. A pool that forks wakes as few of its threads as keep up. */
    private static final int ROUTES = 256;

    private final ExecutorService routes = new ForkJoinPool(ROUTES, LedgerAnswers::routeThread, null, true);
    private final ExecutorService others = Executors.newSingleThreadExecutor(task -> {
        Thread one = new Thread(task, "ledger-answers");
        one.setDaemon(true);
        return one;
    });

    private static ForkJoinWorkerThread routeThread(ForkJoinPool pool) {
        ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        thread.setName("ledger-route-" + thread.getPoolIndex());
        thread.setContextClassLoader(LedgerAnswers.class.getClassLoader());
        return thread;
    }

    void committed(List<LedgerWork> works) {
        List<LedgerWork> inOrder = works.stream().filter(work -> !work.continuesRoute()).toList();
        works.stream().filter(LedgerWork::continuesRoute).forEach(work -> routes.execute(() -> committed(work)));
        if (!inOrder.isEmpty()) {
            others.execute(() -> inOrder.forEach(LedgerAnswers::committed));
        }
    }

    private static void committed(LedgerWork work) {
        try {
            work.committed();
        } catch (RuntimeException e) {
            LOG.error("what follows on a commit failed", LoggedError.of(e));
        }
    }

    void failed(LedgerWork work, Exception reason) {
        (work.continuesRoute() ? routes : others).execute(() -> {
            try {
                work.failed(reason);
            } catch (RuntimeException e) {
                LOG.error("what follows on a failed commit failed", LoggedError.of(e));
            }
        });
    }

    @Override
    public void close() throws InterruptedException {
        routes.shutdown();
        others.shutdown();
        routes.awaitTermination(2, TimeUnit.SECONDS);
        others.awaitTermination(2, TimeUnit.SECONDS);
    }
}

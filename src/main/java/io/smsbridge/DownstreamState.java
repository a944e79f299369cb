package io.smsbridge;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.smsbridge.Settings.Block;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.component.jms.JmsConsumer;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.util.TimeUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one downstream takes what it is posted, and what follows.
 * <p>
 * After {@code downAfter} failures in a row it is down: its route's consumers are closed, so that what waits stays in the queue
 * untouched. From time to time another consumer lets one message through the same route, the probe, and the first that is taken
 * opens the route again. Nothing is given up meanwhile: a message that fails while its downstream is down goes back as it was. A
 * downstream that asks to be left alone for a time, by 429 or 503 with Retry-After, is treated alike.
 * <p>
 * Closing and opening happen one after the other in a thread of this downstream's own, because closing waits for the calls in hand.
 */
public final class DownstreamState {

    /** Taking what it is posted; failing, but not yet counted as down; down; to be left alone, as it asked; or paused by an operator. */
    public enum State { UP, FAILING, DOWN, HELD, PAUSED }

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.downstream-states");
    /** Answers, besides 3xx and 5xx, that any other POST would have got as well: a bad item is answered 400, 413 or 422. */
    private static final Set<Integer> OF_NO_ITEM = Set.of(401, 402, 403, 404, 405, 407, 408, 410, 421, 425, 429);
    private static final Set<Integer> ASKING_FOR_TIME = Set.of(429, 503);
    private static final long LONGEST_HOLD = TimeUnit.HOURS.toMillis(24);
    private static final int SHOWN = 300;

    private final CamelContext context;
    private final Supplier<ConnectionFactory> connections;
    private final String name;
    private final String queue;
    private final String routeId;
    private final boolean waitedFor;
    private final int downAfter;
    private final long probeDelay;
    private final long probeMaxDelay;
    private final Mask mask = new Mask();
    private final ScheduledThreadPoolExecutor thread;

    private int failures;
    private long failingSince;
    private String lastError;
    private long lastErrorAt;
    /** Down or held: the route's consumers are closed. */
    private boolean shut;
    private boolean held;
    private boolean paused;
    private int probes;
    private boolean probeFailed;
    private long nextProbe;
    private ScheduledFuture<?> waiting;
    /** Lets one message through while it is shut; null between two probes. */
    private volatile JmsConsumer probe;

    DownstreamState(CamelContext context, Supplier<ConnectionFactory> connections, Block block) {
        this.context = context;
        this.connections = connections;
        this.name = block.name();
        this.queue = "events." + name;
        this.routeId = block.routeId();
        // Who wants no retries wants no waiting either.
        this.waitedFor = TimeUtils.toMilliSeconds(block.get("retryMaxAge")) > 0;
        this.downAfter = Integer.parseInt(block.get("downAfter"));
        this.probeDelay = TimeUtils.toMilliSeconds(Downstreams.probeDelay(block));
        this.probeMaxDelay = Math.max(probeDelay, TimeUtils.toMilliSeconds(Downstreams.probeMaxDelay(block)));
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread one = new Thread(task, "state-" + routeId);
            one.setDaemon(true);
            return one;
        });
        thread.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        thread.setKeepAliveTime(10, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    public String name() {
        return name;
    }

    /** The queue in which its events wait. */
    public String queue() {
        return queue;
    }

    public synchronized State state() {
        return paused ? State.PAUSED : shut ? held ? State.HELD : State.DOWN : failures > 0 ? State.FAILING : State.UP;
    }

    /** False while it is down; one that is held or paused may well be up. */
    public boolean isUp() {
        return state() != State.DOWN;
    }

    /** When the first of the failures in a row was; null when the last call was taken. */
    public synchronized Instant failingSince() {
        return failures == 0 ? null : Instant.ofEpochMilli(failingSince);
    }

    /** How many calls have failed since the last that was taken. */
    public synchronized int failuresInARow() {
        return failures;
    }

    /** When the next message is let through; null when all are. A time that has passed: with the next message there is. */
    public synchronized Instant nextProbe() {
        return shut && !paused ? Instant.ofEpochMilli(nextProbe) : null;
    }

    /** What the last call that failed was answered, or how it failed; numbers are masked. Null when none has failed since the start. */
    public synchronized String lastError() {
        return lastError;
    }

    public synchronized Instant lastErrorAt() {
        return lastError == null ? null : Instant.ofEpochMilli(lastErrorAt);
    }

    /** Within a second it takes nothing more from the queue, until {@link #resume}, or the end of the process. */
    public synchronized void pause() {
        if (!paused) {
            paused = true;
            LOG.warn("{}: paused; what comes for it waits in the queue {}", this, queue);
            cancelProbe();
            halt();
            thread.execute(this::closeAll);
        }
    }

    /** Ends a pause. A downstream that is down is probed at once. */
    public synchronized void resume() {
        if (paused) {
            paused = false;
            LOG.info("{}: no longer paused", this);
            if (shut) {
                scheduleProbe(0);
            } else {
                thread.execute(this::open);
            }
        }
    }

    /** Does not wait for the next probe's time. Without effect on one that is neither down nor held, or is paused. */
    public synchronized void probeNow() {
        if (shut && !paused && probe == null) {
            scheduleProbe(0);
        }
    }

    /** @param hold how long the answer asks to be left alone, in milliseconds */
    boolean answered(int code, String answer, long hold) {
        if (code == 0 || code >= 500 || code >= 300 && code < 400 || OF_NO_ITEM.contains(code)) {
            return failed((code == 0 ? "" : "HTTP " + code + " ") + (answer == null ? "" : answer),
                    ASKING_FOR_TIME.contains(code) ? Math.min(hold, LONGEST_HOLD) : 0);
        }
        taken();
        return false;
    }

    private synchronized void taken() {
        if (failures == 0 && !shut) {
            return;
        }
        failures = 0;
        if (shut) {
            shut = false;
            LOG.info("{}: takes what it is posted again", this);
            cancelProbe();
            if (!paused) {
                thread.execute(this::open);
            }
        }
    }

    private synchronized boolean failed(String error, long hold) {
        lastError = mask.numbers(Texts.cut(error, SHOWN));
        lastErrorAt = System.currentTimeMillis();
        if (failures++ == 0) {
            failingSince = lastErrorAt;
        }
        if (shut) {
            if (probe == null) {
                // In hand before it was known; or somebody has started the route by hand. A probe opened meanwhile is left alone.
                halt();
                thread.execute(this::closeRoute);
            } else if (!probeFailed) {
                probeFailed = true;
                probes++;
                held = hold > 0;
                halt();
                thread.execute(this::closeAll);
                if (!paused) {
                    scheduleProbe(hold > 0 ? hold : (long) Math.min(probeDelay * Math.pow(2, probes), probeMaxDelay));
                    LOG.warn("{}: {} since {}, the next message is tried at {}: {}", this, held ? "still to be left alone" : "still down",
                            local(failingSince), local(nextProbe), lastError);
                }
            }
            return true;
        }
        if (waitedFor && (hold > 0 || downAfter > 0 && failures >= downAfter)) {
            shut = true;
            held = hold > 0;
            probes = 0;
            halt();
            thread.execute(this::closeAll);
            scheduleProbe(hold > 0 ? hold : probeDelay);
            LOG.warn("{}: {}; what comes for it waits in the queue {}, one message is tried at {}: {}", this,
                    held ? "asks to be left alone" : "down after " + failures + " failures in a row", queue, local(nextProbe), lastError);
            return true;
        }
        return false;
    }

    private synchronized void scheduleProbe(long wait) {
        cancelProbe();
        nextProbe = System.currentTimeMillis() + wait;
        waiting = thread.schedule(this::openProbe, wait, TimeUnit.MILLISECONDS);
    }

    private void cancelProbe() {
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    /** From within a call that has just failed. Those in hand are finished; a consumer that waits for a message may take one more. */
    private void halt() {
        try {
            JmsConsumer main = consumer();
            if (main != null && main.isStarted()) {
                main.getListenerContainer().stop();
            }
            JmsConsumer current = probe;
            if (current != null) {
                current.getListenerContainer().stop();
            }
        } catch (Exception e) {
            LOG.warn("{}: its consumers can't be halted: {}", this, e.getMessage());
        }
    }

    private JmsConsumer consumer() {
        Route route = context.getRoute(routeId);
        return route != null && route.getConsumer() instanceof JmsConsumer jms ? jms : null;
    }

    // In the downstream's own thread

    private void closeAll() {
        closeProbe();
        closeRoute();
    }

    private void closeRoute() {
        JmsConsumer main = consumer();
        if (main != null && main.isStarted()) {
            ServiceHelper.stopService(main);
            fetchRetries();
        }
    }

    private void closeProbe() {
        JmsConsumer current = probe;
        if (current != null) {
            ServiceHelper.stopAndShutdownServices(current);
            probe = null;
        }
    }

    /** What waits for a retry far off waits for the downstream now, like all the rest. */
    private void fetchRetries() {
        try (Connection connection = connections.get().createConnection()) {
            BrokerManagement.ask(connection, "queue." + queue, "deliverScheduledMessages", "");
        } catch (JMSException e) {
            LOG.info("{}: what waits for a retry keeps its time, as the broker does not let go of it: {}", this, e.getMessage());
        }
    }

    private void openProbe() {
        synchronized (this) {
            if (!shut || paused || probe != null) {
                return;
            }
        }
        Route route = context.getRoute(routeId);
        try {
            if (!routeIsStarted()) {
                scheduleProbe(probeDelay);
                return;
            }
            // A consumer stops its processor with itself, and the probe must not stop the route's.
            JmsConsumer one = (JmsConsumer) context.getEndpoint("jms:queue:" + queue + "?concurrentConsumers=1").createConsumer(this::letThrough);
            one.setRouteId(routeId);
            one.setRoute(route);
            probeFailed = false;
            probe = one;
            ServiceHelper.startService(route.getProcessor(), one);
        } catch (Exception e) {
            LOG.warn("{}: it can't be probed now: {}", this, e.getMessage());
            probe = null;
            scheduleProbe(probeDelay);
        }
    }

    /** In the probe's thread. Where somebody has stopped the route meanwhile, in the console, the message goes back. */
    private void letThrough(Exchange exchange) throws Exception {
        if (!routeIsStarted()) {
            halt();
            thread.execute(this::closeProbe);
            scheduleProbe(probeDelay);
            throw new RejectedExecutionException(routeId + " is stopped");
        }
        context.getRoute(routeId).getProcessor().process(exchange);
    }

    private void open() {
        closeProbe();
        synchronized (this) {
            if (shut || paused) {
                return;
            }
        }
        JmsConsumer main = consumer();
        if (main != null && routeIsStarted()) {
            ServiceHelper.startService(main);
        }
    }

    /** Not where somebody has stopped the route itself, in the console. */
    private boolean routeIsStarted() {
        return context.getRouteController().getRouteStatus(routeId).isStarted();
    }

    /** At the end of the process: without waiting for a probe in hand, which is then as if it had never been made. */
    void close() {
        thread.shutdownNow();
        halt();
        JmsConsumer current = probe;
        if (current != null) {
            Thread closing = new Thread(() -> ServiceHelper.stopAndShutdownServices(current), "close-" + routeId);
            closing.setDaemon(true);
            closing.start();
        }
    }

    private static String local(long millis) {
        return Retries.toTheSecond(Instant.ofEpochMilli(millis));
    }

    @Override
    public String toString() {
        return "downstream " + name;
    }
}

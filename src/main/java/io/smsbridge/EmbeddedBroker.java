package io.smsbridge;

import java.io.File;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.deployers.impl.FileConfigurationParser;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable queue inside this process, as broker.xml describes it. It shuts itself down when its disk fails it, full to the last byte
 * for instance, and is started again as soon as that works; until then every door answers 503.
 */
public final class EmbeddedBroker {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.broker");
    private static final long LOOKED_AFTER_EVERY = 2;

    private final Path directory;
    private final ActiveMQServer server;
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "broker-keeper");
        thread.setDaemon(true);
        return thread;
    });

    /** @param directory where broker.xml's relative paths start */
    EmbeddedBroker(Path directory) {
        this.directory = directory;
        Configuration configuration;
        try (InputStream in = EmbeddedBroker.class.getResourceAsStream("/broker.xml")) {
            configuration = new FileConfigurationParser().parseMainConfig(in);
        } catch (Exception e) {
            throw new IllegalStateException("broker.xml can't be read", e);
        }
        configuration.setBrokerInstance(new File(directory.toUri()));
        server = ActiveMQServers.newActiveMQServer(configuration);
    }

    void start() {
        try {
            activate();
        } catch (Startup.InvalidSettings e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the embedded broker did not start", e);
        }
        keeper.scheduleWithFixedDelay(this::keepUp, LOOKED_AFTER_EVERY, LOOKED_AFTER_EVERY, TimeUnit.SECONDS);
    }

    private void activate() throws Exception {
        server.start();
        // The broker itself only logs what keeps it from becoming active.
        if (!server.waitForActivation(30, TimeUnit.SECONDS)) {
            server.stop();
            throw new Startup.InvalidSettings(List.of("data.directory: the queues in " + directory
                    + " can't be opened; is another bridge running on them?"));
        }
    }

    private void keepUp() {
        if (server.getState() != ActiveMQServer.SERVER_STATE.STOPPED) {
            return;
        }
        try {
            activate();
            LOG.warn("the broker had shut itself down, as its disk failed it, and runs again");
        } catch (Exception e) {
            LOG.error("the broker has shut itself down, as its disk failed it, and can't be started yet: {}", e.getMessage());
        }
    }

    void stop() {
        keeper.shutdownNow();
        try {
            keeper.awaitTermination(5, TimeUnit.SECONDS);
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the embedded broker did not stop", e);
        }
    }

    ActiveMQServer server() {
        return server;
    }
}

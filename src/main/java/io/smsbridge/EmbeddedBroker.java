package io.smsbridge;

import java.io.File;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.deployers.impl.FileConfigurationParser;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;

/** The durable queue inside this process, as broker.xml describes it. */
public final class EmbeddedBroker {

    private final Path directory;
    private final ActiveMQServer server;

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
            server.start();
            // The broker itself only logs what keeps it from becoming active.
            if (!server.waitForActivation(10, TimeUnit.SECONDS)) {
                server.stop();
                throw new Startup.InvalidSettings(List.of("data.directory: the queues in " + directory
                        + " can't be opened; is another bridge running on them?"));
            }
        } catch (Startup.InvalidSettings e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the embedded broker did not start", e);
        }
    }

    void stop() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the embedded broker did not stop", e);
        }
    }

    ActiveMQServer server() {
        return server;
    }
}

package io.smsbridge;

import java.io.File;
import java.io.InputStream;
import java.nio.file.Path;

import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.deployers.impl.FileConfigurationParser;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;

/** The durable queue inside this process, as broker.xml describes it. */
public final class EmbeddedBroker {

    private final ActiveMQServer server;

    /** @param directory where broker.xml's relative paths start */
    EmbeddedBroker(Path directory) {
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

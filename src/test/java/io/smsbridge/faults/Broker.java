package io.smsbridge.faults;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.smsbridge.FreePort;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.deployers.impl.FileConfigurationParser;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;
import org.awaitility.Awaitility;

/** An Artemis broker with the broker.xml that the README's recipe gives it, as a process of its own. */
public final class Broker implements AutoCloseable {

    private static final String USER = "bridge";
    private static final String PASSWORD = "bridge";
    private static final Path CONFIGURATION = Path.of("src/main/deploy/broker.xml");

    private final Path directory;
    private final int port = FreePort.find();
    private final Queue<Long> killed = new ConcurrentLinkedQueue<>();
    private Process process;

    Broker(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /** The process. Arguments: the directory of its data, and its port. */
    public static void main(String[] args) throws Exception {
        server(Path.of(args[0]), Integer.parseInt(args[1])).start();
    }

    /** @param port comes before the one in broker.xml */
    public static ActiveMQServer server(Path directory, int port) throws Exception {
        Configuration configuration;
        try (InputStream in = Files.newInputStream(CONFIGURATION)) {
            configuration = new FileConfigurationParser().parseMainConfig(in);
        }
        configuration.setBrokerInstance(directory.toFile());
        configuration.clearAcceptorConfigurations().addAcceptorConfiguration("tcp", "tcp://127.0.0.1:" + port);
        SecurityConfiguration users = new SecurityConfiguration();
        users.addUser(USER, PASSWORD);
        users.addRole(USER, "amq");
        return ActiveMQServers.newActiveMQServer(configuration, null, new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), users));
    }

    String settings() {
        return settings(port);
    }

    /** A bridge's settings for it. */
    public static String settings(int port) {
        return "queue.url=tcp://127.0.0.1:" + port + "\nqueue.username=" + USER + "\nqueue.password=" + PASSWORD + "\n";
    }

    /** When it was killed, in epoch milliseconds. */
    Queue<Long> killed() {
        return killed;
    }

    void start() throws IOException {
        process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), Broker.class.getName(),
                directory.toAbsolutePath().toString(), String.valueOf(port))
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("broker.log").toFile())).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Awaitility.await("the broker, see " + directory).atMost(Duration.ofSeconds(300)).pollInterval(Duration.ofMillis(50))
                .failFast("the broker ended by itself", () -> !process.isAlive()).ignoreExceptions().until(() -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
                        return true;
                    }
                });
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        killed.add(System.currentTimeMillis());
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}

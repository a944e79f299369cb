package io.smsbridge;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Properties;
import java.util.stream.Stream;

/** A bridge that a command starts for itself: it can run beside the real one, with a port and a ledger of its own, and leaves nothing behind. */
final class TemporaryBridge {

    /** Below those from which the system takes ports for outgoing connections. */
    private static final int FIRST_PORT = 30_000;
    private static final int PORTS = 2_768;

    private TemporaryBridge() {
    }

    /** The settings in which it differs from the real one. Its directory is deleted at the end of the process. */
    static Properties overrides(Path home) throws IOException {
        Path data = workDirectory(home);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(data)));
        Properties overrides = new Properties();
        overrides.setProperty("http.port", String.valueOf(freePort()));
        overrides.setProperty("http.host", "127.0.0.1");
        overrides.setProperty("management.enabled", "false");
        overrides.setProperty("tracing.url", "");
        overrides.setProperty("sms.apiKey", "");
        // One message takes no room worth the mention.
        overrides.setProperty("data.minFreeDisk", "0");
        overrides.setProperty("data.directory", data.toString());
        // Its own: in one that bridges share, it would take their sends.
        overrides.setProperty("ledger.url", "");
        overrides.setProperty("sandbox.firstSms", "false");
        return overrides;
    }

    /** Whoever starts at the same time begins to look at another port, as processes have ids of their own. */
    private static int freePort() throws IOException {
        long first = ProcessHandle.current().pid();
        for (long next = first; next < first + PORTS; next++) {
            try (ServerSocket free = new ServerSocket(FIRST_PORT + (int) (next % PORTS), 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException e) {
                // Taken; the next one.
            }
        }
        throw new BindException("no port from " + FIRST_PORT + " to " + (FIRST_PORT + PORTS - 1) + " is free");
    }

    /** The temporary directory may be read-only. */
    private static Path workDirectory(Path home) throws IOException {
        try {
            return Files.createTempDirectory("bridge-command");
        } catch (IOException e) {
            return Files.createTempDirectory(home, "bridge-command");
        }
    }

    /** After an interrupt the ledger may still be written to. */
    private static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException e) {
            System.err.println(directory + " can't be deleted: " + e.getMessage());
        }
    }
}

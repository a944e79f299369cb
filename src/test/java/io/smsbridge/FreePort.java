package io.smsbridge;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for what a test starts, and starts again. */
public final class FreePort {

    private static final int FIRST = 20_000;
    private static final int PORTS = 10_000;

    private FreePort() {
    }

    /** A port that no outgoing connection can take while nobody listens on it: those come from above 32768. */
    public static int find() {
        while (true) {
            try (ServerSocket socket = new ServerSocket(FIRST + ThreadLocalRandom.current().nextInt(PORTS))) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Taken; the next one.
            }
        }
    }
}

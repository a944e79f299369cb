package io.smsbridge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for what a test starts, and starts again. Each is given once, whichever process on this machine asks: a process claims a
 * port by listening on another one that belongs to it, and the operating system ends the claim with the process, even a killed one.
 */
public final class FreePort {

    /** No outgoing connection can take a port while nobody listens on it: those come from above 32768. */
    private static final int FIRST = 20_000;
    private static final int FIRST_CLAIM = 10_000;
    private static final int PORTS = 10_000;
    private static final Queue<ServerSocket> CLAIMS = new ConcurrentLinkedQueue<>();

    private FreePort() {
    }

    public static int find() {
        while (true) {
            int number = ThreadLocalRandom.current().nextInt(PORTS);
            if (claim(FIRST_CLAIM + number)) {
                try (ServerSocket socket = new ServerSocket(FIRST + number)) {
                    return socket.getLocalPort();
                } catch (IOException e) {
                    // Somebody listens there who asks nobody; the next one.
                }
            }
        }
    }

    private static boolean claim(int port) {
        try {
            CLAIMS.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}

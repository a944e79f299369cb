package io.smsbridge.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;

/**
 * Singles that come at a given rate, however fast they are answered, as from the world: each is due at its own time, and its latency
 * counts from there. One that finds no connection free waits for one.
 */
final class OfferedLoad {

    private static final int CONNECTIONS = 128;
    private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Vertx vertx;
    private final int port;
    private final String prefix = "offered-" + System.nanoTime();
    private final double perSecond;
    private final long seconds;
    private final Deque<Connection> free = new ArrayDeque<>();
    private final Deque<Long> waiting = new ArrayDeque<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final long[] latencies;
    private long began;
    private int made;
    private int answered;
    private int refused;
    private long lastAnswer;

    /**
     * What was answered.
     *
     * @param perSecond requests answered 200
     * @param millis    latencies at 50, 90, 99 and 99.9 per cent
     */
    record Answers(double offered, double perSecond, int refused, double[] millis) {
    }

    private OfferedLoad(Vertx vertx, int port, double perSecond, long seconds) {
        this.vertx = vertx;
        this.port = port;
        this.perSecond = perSecond;
        this.seconds = seconds;
        latencies = new long[(int) (perSecond * seconds) + 1];
    }

    static Answers run(int port, double perSecond, long seconds) {
        Vertx vertx = Vertx.vertx();
        try {
            OfferedLoad load = new OfferedLoad(vertx, port, perSecond, seconds);
            vertx.getOrCreateContext().runOnContext(now -> load.connect());
            load.done.join();
            return load.answers();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private final class Connection {
        private final NetSocket socket;
        private Buffer read = Buffer.buffer();
        private long due;

        Connection(NetSocket socket) {
            this.socket = socket;
            socket.handler(this::read);
            socket.closeHandler(closed -> done.completeExceptionally(new IllegalStateException("the bridge closed a connection under load")));
        }

        void send(long at) {
            due = at;
            String id = prefix + "-" + made++;
            String body = "{\"to\":\"447700" + (900000 + made % 100000) + "\",\"text\":\"Your parcel arrives today between 10 and 12.\",\"messageId\":\"" + id + "\"}";
            socket.write("POST /sms/send/bench HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        }

        private void read(Buffer part) {
            read.appendBuffer(part);
            byte[] bytes = read.getBytes();
            int head = indexOf(bytes, END);
            if (head < 0) {
                return;
            }
            String headers = new String(bytes, 0, head, StandardCharsets.US_ASCII).toLowerCase(java.util.Locale.ROOT);
            int at = headers.indexOf("content-length: ") + 16;
            int end = headers.indexOf('\r', at);
            int length = Integer.parseInt(headers.substring(at, end < 0 ? headers.length() : end).strip());
            if (bytes.length < head + END.length + length) {
                return;
            }
            read = Buffer.buffer();
            answered(this, headers.startsWith("http/1.1 200"));
        }
    }

    private static int indexOf(byte[] bytes, byte[] what) {
        for (int i = 0; i + what.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
        return -1;
    }

    private void connect() {
        for (int i = 0; i < CONNECTIONS; i++) {
            vertx.createNetClient().connect(port, "127.0.0.1").onSuccess(socket -> {
                free.add(new Connection(socket));
                if (free.size() == CONNECTIONS) {
                    began = System.nanoTime();
                    vertx.setPeriodic(1, timer -> tick());
                }
            }).onFailure(done::completeExceptionally);
        }
    }

    private int due;

    private void tick() {
        long now = System.nanoTime();
        int until = (int) Math.min(latencies.length - 1, perSecond * (now - began) / 1e9);
        for (; due < until; due++) {
            waiting.add(began + (long) (due / perSecond * 1e9));
        }
        send();
        // Whoever waits much longer than the load lasts is not waited for.
        if (due == latencies.length - 1 && waiting.isEmpty() && free.size() == CONNECTIONS || now - began > 3e9 * seconds) {
            done.complete(null);
        }
    }

    private void send() {
        while (!free.isEmpty() && !waiting.isEmpty()) {
            free.poll().send(waiting.poll());
        }
    }

    private void answered(Connection connection, boolean well) {
        lastAnswer = System.nanoTime();
        if (well && answered < latencies.length) {
            latencies[answered++] = lastAnswer - connection.due;
        } else {
            refused++;
        }
        free.add(connection);
        send();
    }

    private Answers answers() {
        long[] sorted = Arrays.copyOf(latencies, answered);
        Arrays.sort(sorted);
        double[] at = {0.5, 0.9, 0.99, 0.999};
        double[] millis = Arrays.stream(at).map(part -> sorted.length == 0 ? Double.NaN : sorted[(int) (part * (sorted.length - 1))] / 1e6).toArray();
        return new Answers(perSecond, answered / ((lastAnswer - began) / 1e9), refused, millis);
    }
}

package io.smsbridge.faults;

import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import io.smsbridge.FreePort;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** One side that the bridge talks to, over real HTTP, on a port of its own, with a fault that can be switched on and off. */
abstract class Peer implements AutoCloseable {

    /** What a peer does wrong. */
    enum Fault {
        /** Nobody listens. */
        REFUSED,
        /** No answer ever; half of the requests are taken all the same. */
        HANG,
        /** A right answer, late. */
        SLOW,
        /** The request is taken, and the connection cut in the middle of the answer. */
        RESET,
        /** 429 with Retry-After. */
        TOO_MANY,
        /** 500, 502 or 503. */
        FAILING,
        /** The request is taken, and answered 200 with what nobody can read. */
        GARBAGE
    }

    /** A request as read: what is answered when all is well, and what follows when an answer of 200 has left. */
    record Post(String answer, Runnable answered) {
    }

    final String name;
    final int port;
    private final Vertx vertx;
    private final Random random;
    private final Queue<HttpConnection> hung = new ConcurrentLinkedQueue<>();
    private volatile HttpServer server;
    private volatile Fault fault;
    /** Kills the bridge that is named to it; null when nobody is to be killed. */
    private volatile Consumer<String> kill;
    private volatile boolean killWhenAnswered;
    private volatile long lastRequest = System.currentTimeMillis();

    Peer(Vertx vertx, String name, long seed) {
        this.vertx = vertx;
        this.name = name;
        this.random = new Random(seed);
        this.port = FreePort.find();
        listen();
    }

    /** Takes a request for good, whatever is answered then. */
    abstract Post take(HttpServerRequest request, Buffer body);

    /** Which run of which bridge posts. */
    abstract String bridge(HttpServerRequest request);

    /**
     * Kills a bridge at the worst time.
     *
     * @param answered whether it is when a 2xx has left, or else when a request is taken and nothing answered yet
     * @param killer   is told which bridge; null: nobody is killed any more
     */
    void killAt(boolean answered, Consumer<String> killer) {
        killWhenAnswered = answered;
        kill = killer;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** When somebody last asked for anything, in epoch milliseconds. */
    long lastRequest() {
        return lastRequest;
    }

    void begin(Fault next) {
        fault = next;
        if (next == Fault.REFUSED) {
            server.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    void end() {
        Fault ended = fault;
        fault = null;
        for (HttpConnection connection = hung.poll(); connection != null; connection = hung.poll()) {
            connection.close();
        }
        if (ended == Fault.REFUSED) {
            listen();
        }
    }

    private void listen() {
        try {
            server = vertx.createHttpServer().requestHandler(this::receive).listen(port, "127.0.0.1")
                    .toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new IllegalStateException(name + " can't listen on " + port, e);
        }
    }

    private void receive(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            lastRequest = System.currentTimeMillis();
            try {
                answer(request, body, fault);
            } catch (RuntimeException e) {
                System.err.println(name + " can't read what it is posted: " + e);
                request.response().setStatusCode(500).end();
            }
        });
    }

    private void answer(HttpServerRequest request, Buffer body, Fault now) {
        HttpServerResponse response = request.response();
        Consumer<String> killer = kill;
        if (killer != null && (now == null || now == Fault.SLOW)) {
            Post post = take(request, body);
            if (killWhenAnswered) {
                end(response, new Post(post.answer(), () -> {
                    post.answered().run();
                    killer.accept(bridge(request));
                }));
            } else {
                killer.accept(bridge(request));
                request.connection().close();
            }
            return;
        }
        if (now == null) {
            end(response, take(request, body));
            return;
        }
        switch (now) {
            case REFUSED -> request.connection().close();
            case HANG -> {
                if (random.nextBoolean()) {
                    take(request, body);
                }
                hung.add(request.connection());
            }
            case SLOW -> {
                Post post = take(request, body);
                vertx.setTimer(100 + random.nextInt(1400), timer -> end(response, post));
            }
            case RESET -> {
                String answer = take(request, body).answer();
                response.putHeader("Content-Type", "application/json").putHeader("Content-Length", String.valueOf(answer.length() + 100));
                response.write(answer.substring(0, answer.length() / 2)).onComplete(written -> request.connection().close());
            }
            case TOO_MANY -> response.setStatusCode(429).putHeader("Retry-After", "1").end("{\"status\":\"slow down\"}");
            case FAILING -> response.setStatusCode(new int[] {500, 502, 503}[random.nextInt(3)]).end("<html>an error</html>");
            case GARBAGE -> {
                Post post = take(request, body);
                switch (random.nextInt(4)) {
                    case 0 -> end(response.putHeader("Content-Type", "text/html"), "<html>Sign in</html>", post);
                    case 1 -> end(response.putHeader("Content-Type", "application/json"), "{\"messages\":[{\"mess", post);
                    case 2 -> end(response.putHeader("Content-Type", "application/json; charset=none-such"), "{\"messages\":\"unprocessed\"}", post);
                    default -> end(response, "", post);
                }
            }
        }
    }

    private static void end(HttpServerResponse response, Post post) {
        end(response.putHeader("Content-Type", "application/json"), post.answer(), post);
    }

    private static void end(HttpServerResponse response, String body, Post post) {
        if (!response.closed()) {
            response.end(body).onSuccess(written -> post.answered().run());
        }
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}

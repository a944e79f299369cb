package io.smsbridge.bench;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Infobip and any number of downstreams over real HTTP. They read no more than they have to, as they share the processors with the bridge. */
final class Peers implements AutoCloseable {

    static final String INFOBIP = "/sms/3/messages";
    /** Where Kannel sends: it makes a GET of each message. */
    static final String KANNEL = "/kannel";
    /** Downstreams are posted to here, each under its name. */
    static final String DOWNSTREAM = "/downstream/";
    /** Begins the clients' ids of the messages whose arrival at Infobip is remembered. */
    static final String WATCHED = "watched-";

    private static final String ID = "\"messageId\":\"";
    private static final String TO = "\"to\":\"";
    /** Occurs once in each event, in each of the formats. */
    private static final String EVENT = "\"meta\"";
    private static final String ACCEPTED = """
            ","status":{"groupId":1,"groupName":"PENDING","id":26,"name":"PENDING_ACCEPTED",\
            "description":"Message sent to next instance"},"details":{"messageCount":1}}""";

    private final Map<String, AtomicLong> received = new ConcurrentHashMap<>();
    private final Map<String, Long> arrived = new ConcurrentHashMap<>();
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private volatile long delay;
    private volatile boolean closed;
    private volatile long last;

    Peers() {
        server = vertx.createHttpServer().requestHandler(request -> request.body().onSuccess(body -> answer(request, body)))
                .listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    }

    int port() {
        return server.actualPort();
    }

    /** How long Infobip takes for each of its answers, in milliseconds. */
    void delay(long millis) {
        delay = millis;
    }

    /** Whether Infobip answers 503. */
    void close(boolean infobip) {
        closed = infobip;
    }

    /** Items received on one path. */
    long items(String path) {
        AtomicLong count = received.get(path);
        return count == null ? 0 : count.get();
    }

    /** Milliseconds since anybody asked for anything. */
    long quiet() {
        return System.currentTimeMillis() - last;
    }

    /** When a watched message came, by System.nanoTime; null when it has not yet. */
    Long arrived(String id) {
        return arrived.get(id);
    }

    private void answer(HttpServerRequest request, Buffer body) {
        last = System.currentTimeMillis();
        String path = request.path();
        HttpServerResponse response = request.response();
        if (path.equals(INFOBIP)) {
            if (closed) {
                response.setStatusCode(503).end();
                return;
            }
            String answer = infobip(new String(body.getBytes(), StandardCharsets.ISO_8859_1));
            response.putHeader("Content-Type", "application/json");
            later(() -> response.end(answer));
        } else if (path.equals(KANNEL)) {
            long count = add(KANNEL, 1);
            later(() -> response.end("{\"messages\":[{\"messageId\":\"m" + count + "\",\"status\":{\"groupId\":1,\"groupName\":\"PENDING\",\"id\":26}}]}"));
        } else if (path.startsWith(DOWNSTREAM)) {
            String text = new String(body.getBytes(), StandardCharsets.ISO_8859_1);
            int count = 0;
            for (int at = text.indexOf(EVENT); at >= 0; at = text.indexOf(EVENT, at + EVENT.length())) {
                count++;
            }
            add(path, count);
            response.end();
        } else {
            response.setStatusCode(404).end();
        }
    }

    private void later(Runnable answer) {
        if (delay > 0) {
            vertx.setTimer(delay, timer -> answer.run());
        } else {
            answer.run();
        }
    }

    private long add(String path, int count) {
        return received.computeIfAbsent(path, absent -> new AtomicLong()).addAndGet(count);
    }

    private String infobip(String body) {
        StringBuilder answer = new StringBuilder("{\"bulkId\":\"bench\",\"messages\":[");
        int count = 0;
        for (int at = body.indexOf(ID); at >= 0; at = body.indexOf(ID, at)) {
            String to = text(body, body.lastIndexOf(TO, at) + TO.length());
            String id = text(body, at + ID.length());
            at += ID.length() + id.length();
            answer.append(count++ == 0 ? "" : ",").append("{\"destination\":\"").append(to).append("\",\"messageId\":\"").append(id).append(ACCEPTED);
        }
        for (int at = body.indexOf(WATCHED); at >= 0; at = body.indexOf(WATCHED, at + 1)) {
            arrived.putIfAbsent(text(body, at), System.nanoTime());
        }
        add(INFOBIP, count);
        return answer.append("]}").toString();
    }

    private static String text(String body, int from) {
        return body.substring(from, body.indexOf('"', from));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}

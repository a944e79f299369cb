package io.smsbridge.bench;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;

/** Infobip and two downstreams over real HTTP. They read no more than they have to, as they share the processors with the bridge. */
final class Peers implements AutoCloseable {

    static final String INFOBIP = "/sms/3/messages";
    static final String CLOUDEVENTS = "/downstream/a";
    static final String CLEVERTAP = "/downstream/b";

    private static final Pattern DESTINATION = Pattern.compile("\\{\"to\":\"(\\d+)\",\"messageId\":\"([^\"]+)\"}");
    /** What occurs once in each item that a path is told. */
    private static final Map<String, String> MARKS = Map.of(CLOUDEVENTS, "\"specversion\"", CLEVERTAP, "\"meta\"");

    private final Map<String, Received> received = Map.of(
            INFOBIP, new Received(), CLOUDEVENTS, new Received(), CLEVERTAP, new Received());
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    /** Items taken on one path since the start, and when the last one came. */
    static final class Received {
        private final AtomicLong items = new AtomicLong();
        private volatile long last;

        long items() {
            return items.get();
        }

        long last() {
            return last;
        }

        private void add(int count) {
            last = System.nanoTime();
            items.addAndGet(count);
        }
    }

    Peers() {
        server = vertx.createHttpServer().requestHandler(request -> request.body().onSuccess(body -> answer(request, body)))
                .listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    }

    int port() {
        return server.actualPort();
    }

    Received on(String path) {
        return received.get(path);
    }

    private void answer(HttpServerRequest request, Buffer body) {
        Received here = received.get(request.path());
        if (here == null) {
            request.response().setStatusCode(404).end();
        } else if (request.path().equals(INFOBIP)) {
            StringBuilder answer = new StringBuilder("{\"bulkId\":\"bench\",\"messages\":[");
            int count = 0;
            for (Matcher destination = DESTINATION.matcher(body.toString()); destination.find(); count++) {
                answer.append(count == 0 ? "" : ",").append("{\"messageId\":\"").append(destination.group(2)).append("""
                        ","status":{"groupId":1,"groupName":"PENDING","id":26,"name":"PENDING_ACCEPTED",\
                        "description":"Message sent to next instance"},"destination":\"""").append(destination.group(1))
                        .append("\",\"details\":{\"messageCount\":1}}");
            }
            here.add(count);
            request.response().putHeader("Content-Type", "application/json").end(answer.append("]}").toString());
        } else {
            here.add(body.toString().split(MARKS.get(request.path()), -1).length - 1);
            request.response().end();
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}

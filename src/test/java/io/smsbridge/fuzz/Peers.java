package io.smsbridge.fuzz;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** An Infobip that accepts all, and a downstream: both remember by id what came, and refuse what is no JSON in UTF-8. */
public final class Peers implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    public final Set<String> sent = ConcurrentHashMap.newKeySet();
    public final Set<String> told = ConcurrentHashMap.newKeySet();
    public final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(16, task -> {
        Thread thread = new Thread(task, "fuzz-peers");
        thread.setDaemon(true);
        return thread;
    });

    public Peers() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1000);
        server.setExecutor(threads);
        server.createContext("/sms/3/messages", this::infobip);
        server.createContext("/told", this::downstream);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void infobip(HttpExchange call) throws IOException {
        JsonNode request = read(call);
        ObjectNode answer = JSON.createObjectNode().put("bulkId", "bulk");
        ArrayNode messages = answer.putArray("messages");
        for (JsonNode message : request.path("messages")) {
            for (JsonNode destination : message.path("destinations")) {
                sent.add(destination.path("messageId").asText());
                messages.addObject().put("messageId", destination.path("messageId").asText()).putObject("status").put("groupId", 1).put("id", 26)
                        .put("groupName", "PENDING").put("name", "PENDING_ACCEPTED");
            }
        }
        answer(call, 200, JSON.writeValueAsBytes(answer));
    }

    private void downstream(HttpExchange call) throws IOException {
        for (JsonNode event : read(call)) {
            told.add(event.path("id").asText());
        }
        answer(call, 200, new byte[0]);
    }

    private JsonNode read(HttpExchange call) throws IOException {
        byte[] body = call.getRequestBody().readAllBytes();
        try {
            StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(body));
            return JSON.readTree(body);
        } catch (IOException e) {
            faults.add(call.getRequestURI() + " got what is no JSON in UTF-8: " + e.getMessage() + ": " + new String(body, StandardCharsets.UTF_8));
            return JSON.nullNode();
        }
    }

    private static void answer(HttpExchange call, int status, byte[] body) throws IOException {
        call.getResponseHeaders().set("Content-Type", "application/json");
        call.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            call.getResponseBody().write(body);
        }
        call.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

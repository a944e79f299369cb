package io.smsbridge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.activemq.artemis.core.postoffice.impl.LocalQueueBinding;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.awaitility.Awaitility;

/** A bridge with its real routes, broker and HTTP server on a free port, in a directory of its own. */
final class TestBridge implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();
    /** What bridges of this run have logged; log4j2-test.xml names it likewise. */
    static final Path LOG = Path.of("target", System.getProperty("test.log", "test.log"));
    static final String CONSOLE_PASSWORD = "c0nsole";
    /** As most callers speak; the upgrade to HTTP/2, which the JDK's client would ask for each time, is not what is tested. */
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final Path home;
    final int port;
    /** Of the console and what else is for operators; those of a test ask as admin, with CONSOLE_PASSWORD. */
    final int managementPort;
    private final Main main;

    /**
     * @param home     an empty directory, or one of an earlier bridge, whose data it goes on with
     * @param settings the lines of its application.properties; ports and the console's password are added
     * @param maps     name and text of each map of its own, in turn
     */
    TestBridge(Path home, String settings, String... maps) throws Exception {
        this.home = home;
        this.port = port(settings, "http.port");
        this.managementPort = port(settings, "management.port");
        Files.writeString(home.resolve("application.properties"), settings
                + (settings.contains("http.port=") ? "" : "\nhttp.port=" + port)
                + (settings.contains("management.") ? "" : "\nmanagement.port=" + managementPort)
                + (settings.contains("console.") ? "" : "\nconsole.password=" + CONSOLE_PASSWORD)
                + (settings.contains("http.threads=") ? "" : "\nhttp.threads=32"));
        Path own = Files.createDirectories(home.resolve("routes/maps"));
        for (int i = 0; i < maps.length; i += 2) {
            Files.writeString(own.resolve(maps[i]), maps[i + 1]);
        }
        main = Bridge.create(home, TestLedger.settings(home));
        try {
            main.start();
            awaitDoor();
        } catch (Exception e) {
            // A test that can't start leaves no broker behind for the next one.
            main.stop();
            throw e;
        }
    }

    /** The first request to a server that had just begun has stayed unanswered once: here it is sent again. */
    private void awaitDoor() {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/openapi.json")).timeout(Duration.ofSeconds(3)).build();
        Awaitility.await().pollDelay(Duration.ZERO).ignoreException(HttpTimeoutException.class)
                .until(() -> HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() != 503);
    }

    private static int port(String settings, String key) {
        Matcher given = Pattern.compile("(?m)^" + key + "=(\\d+)$").matcher(settings);
        return given.find() ? Integer.parseInt(given.group(1)) : FreePort.find();
    }

    /** An id never used before: the ledger takes each only once. */
    static String newId() {
        return UUID.randomUUID().toString();
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    EmbeddedBroker broker() {
        return context().getRegistry().lookupByNameAndType("broker", EmbeddedBroker.class);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return call(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .POST(HttpRequest.BodyPublishers.ofString(body)), headers);
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return call(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)), headers);
    }

    /** Calls the management port as the console's user. */
    HttpResponse<String> manage(String method, String path, String body) throws Exception {
        return manage(method, path, body, "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(("admin:" + CONSOLE_PASSWORD).getBytes(StandardCharsets.UTF_8)));
    }

    /** Calls the management port as anybody, but for what the headers say. */
    HttpResponse<String> manage(String method, String path, String body, String... headers) throws Exception {
        return call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body)), headers);
    }

    private static HttpResponse<String> call(HttpRequest.Builder request, String... headers) throws Exception {
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HTTP.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends JSON, which has to be accepted; the answer. */
    JsonNode send(String account, String json) throws Exception {
        HttpResponse<String> response = post("/sms/send/" + account, json);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** Takes one message off a queue; null when none came for a long time. */
    org.apache.camel.Exchange take(String queue) {
        return context().createConsumerTemplate().receive("jms:queue:" + queue, 90_000);
    }

    /** The lines logged behind the first so many. */
    static List<String> logSince(int lines) throws IOException {
        return log().stream().skip(lines).toList();
    }

    /** What bridges of this run have logged so far. While a line is being written, its last character may be half there. */
    static List<String> log() throws IOException {
        return new String(Files.readAllBytes(LOG), StandardCharsets.UTF_8).lines().toList();
    }

    /** Returns when everything accepted so far has been dealt with: but for dead letters, the queues are empty, and nothing has moved between two looks. */
    void awaitIdle() {
        AtomicLong before = new AtomicLong(-1);
        Awaitility.await("nothing is under way").pollDelay(Duration.ZERO).until(() -> {
            long added = 0;
            long waiting = 0;
            for (var queue : workingQueues()) {
                added += queue.getMessagesAdded();
                waiting += queue.getMessageCount();
            }
            return before.getAndSet(waiting == 0 ? added : -1) == added && waiting == 0;
        });
    }

    private List<Queue> workingQueues() {
        return broker().server().getPostOffice().getAllBindings().filter(LocalQueueBinding.class::isInstance)
                .map(binding -> ((LocalQueueBinding) binding).getQueue())
                .filter(queue -> !queue.isTemporary() && !queue.getName().toString().startsWith("dead-letters")).toList();
    }

    long waiting(String queue) {
        var found = broker().server().locateQueue(queue);
        return found == null ? 0 : found.getMessageCount();
    }

    @Override
    public void close() {
        main.stop();
    }
}

package io.smsbridge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smsbridge.forward.DownstreamCircuits;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.maps.RouteFiles;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.awaitility.Awaitility;
import org.slf4j.LoggerFactory;

/** A bridge with its real routes, ledger and HTTP server on a free port, in a directory of its own. */
public final class TestBridge implements AutoCloseable {

    public static final ObjectMapper JSON = new ObjectMapper();
    /** What bridges of this run have logged; log4j2-test.xml names it likewise. */
    public static final Path LOG = Path.of("target", System.getProperty("test.log", "test.log"));

    static {
        // Opens the log, which empties what an earlier run has left there.
        LoggerFactory.getLogger(TestBridge.class);
    }

    public static final String CONSOLE_PASSWORD = "c0nsole";
    /** As most callers speak; the upgrade to HTTP/2, which the JDK's client would ask for each time, is not what is tested. */
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public final Path home;
    public final int port;
    /** Of the console and what else is for operators; those of a test ask as admin, with CONSOLE_PASSWORD. */
    public final int managementPort;
    private final Startup startup;
    private final Main main;
    private final HttpClient client;
    /** The start of all URLs, up to the port. */
    private final String door;
    private final String managementDoor;
    private final int loggedBefore = log().size();

    /**
     * With TLS it is called by a client that trusts the certificates in its home, *.pem.
     *
     * @param home     an empty directory, or one of an earlier bridge, whose data it goes on with
     * @param settings the lines of its application.properties; ports and the console's password are added
     * @param maps     name and text of each map of its own, in turn
     */
    public TestBridge(Path home, String settings, String... maps) throws Exception {
        this.home = home;
        this.port = port(settings, "http.port");
        this.managementPort = port(settings, "management.port");
        Files.writeString(home.resolve("application.properties"), settings
                + (settings.contains("http.port=") ? "" : "\nhttp.port=" + port)
                + (settings.contains("management.") ? "" : "\nmanagement.port=" + managementPort)
                + (settings.contains("console.") ? "" : "\nconsole.password=" + CONSOLE_PASSWORD)
                + (settings.contains("webhook") ? "" : "\nwebhooks.token=none")
                + (settings.contains("http.threads=") ? "" : "\nhttp.threads=32"));
        boolean tls = settings.contains("tlsCertificate=");
        client = tls ? TestTls.client(home, null) : HTTP;
        door = (settings.contains("http.tlsCertificate=") ? "https" : "http") + "://localhost:" + port;
        managementDoor = (settings.contains("management.tlsCertificate=") ? "https://localhost:" : "http://127.0.0.1:") + managementPort;
        Path own = Files.createDirectories(home.resolve("routes/maps"));
        for (int i = 0; i < maps.length; i += 2) {
            Files.writeString(own.resolve(maps[i]), maps[i + 1]);
        }
        startup = new Startup(home, RouteFiles.of(home), null);
        main = BridgeMain.create(home, TestLedger.settings(home), startup);
        try {
            main.start();
            awaitDoor();
        } catch (Exception e) {
            // A test that can't start leaves nothing behind for the next one.
            main.stop();
            throw e;
        }
    }

    /** The first request to a server that had just begun has stayed unanswered once, or half answered on a busy machine: here it is sent again. */
    private void awaitDoor() {
        HttpRequest request = HttpRequest.newBuilder(URI.create(door + "/openapi.json")).timeout(Duration.ofSeconds(3)).build();
        Awaitility.await().pollDelay(Duration.ZERO).ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() != 503);
    }

    private static int port(String settings, String key) {
        Matcher given = Pattern.compile("(?m)^" + key + "=(\\d+)$").matcher(settings);
        return given.find() ? Integer.parseInt(given.group(1)) : FreePort.find();
    }

    /** An id never used before: the ledger takes each only once. */
    public static String newId() {
        return UUID.randomUUID().toString();
    }

    public CamelContext context() {
        return main.getCamelContext();
    }

    /** A connection to the ledger's database. */
    public Connection ledger() throws SQLException {
        return core().ledger.reads().getConnection();
    }

    public LedgerDatabase database() {
        return core().ledger;
    }

    public DownstreamCircuits circuits() {
        return core().circuits;
    }

    /** The bridge that a send-test on the account starts, not started yet. */
    public static Main sendTest(Path home, String account) throws IOException {
        return BridgeMain.create(home, new Properties(), new Startup(home, RouteFiles.of(home), account));
    }

    /** What the start says is wrong with the settings, one line each. */
    public static List<String> problems(Throwable error) {
        return Startup.problems(error);
    }

    Core core() {
        return startup.core();
    }

    public HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return call(HttpRequest.newBuilder(URI.create(door + path))
                .POST(HttpRequest.BodyPublishers.ofString(body)), headers);
    }

    public HttpResponse<String> get(String path, String... headers) throws Exception {
        return call(HttpRequest.newBuilder(URI.create(door + path)), headers);
    }

    /** Calls the management port as the console's user. */
    public HttpResponse<String> manage(String method, String path, String body) throws Exception {
        return manage(method, path, body, "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(("admin:" + CONSOLE_PASSWORD).getBytes(StandardCharsets.UTF_8)));
    }

    /** Calls the management port as anybody, but for what the headers say. */
    public HttpResponse<String> manage(String method, String path, String body, String... headers) throws Exception {
        return call(HttpRequest.newBuilder(URI.create(managementDoor + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body)), headers);
    }

    private HttpResponse<String> call(HttpRequest.Builder request, String... headers) throws Exception {
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends JSON, which has to be accepted; the answer. */
    public JsonNode send(String account, String json) throws Exception {
        HttpResponse<String> response = post("/sms/send/" + account, json);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** Posts one delivery report for each id, of a status group of Infobip's: 3 delivered, 2 undeliverable. */
    public void report(int group, String... ids) throws Exception {
        String results = Arrays.stream(ids).map(id -> "{\"messageId\": \"" + id + "\", \"to\": \"447700900123\", \"status\": {\"groupId\": " + group + ", \"id\": "
                + (group == 3 ? 5 : 4) + "}}").collect(Collectors.joining(",", "{\"results\": [", "]}"));
        HttpResponse<String> response = post("/infobip/delivery-reports/main", results);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
    }

    /** The dead letters that a query chooses, such as queue=events.crm, as GET /dead-letters shows them. */
    public JsonNode letters(String query) throws Exception {
        return JSON.readTree(manage("GET", "/dead-letters?" + query, "").body());
    }

    /** Waits for a dead letter of the queue, such as events.crm, takes it away, and shows it whole. */
    public JsonNode takeLetter(String queue) throws Exception {
        Awaitility.await("a dead letter of " + queue).until(() -> letters("queue=" + queue).path("total").asInt() > 0);
        String id = letters("queue=" + queue).at("/letters/0/id").asText();
        JsonNode letter = JSON.readTree(manage("GET", "/dead-letters/" + id, "").body());
        manage("DELETE", "/dead-letters/" + id, "");
        return letter;
    }

    /** The lines logged since this bridge was made; those before may be of any other test. */
    public List<String> logged() throws IOException {
        return logSince(loggedBefore);
    }

    /** The lines logged behind the first so many. */
    public static List<String> logSince(int lines) throws IOException {
        return log().stream().skip(lines).toList();
    }

    /** What bridges of this run have logged so far. While a line is being written, its last character may be half there. */
    public static List<String> log() throws IOException {
        return new String(Files.readAllBytes(LOG), StandardCharsets.UTF_8).lines().toList();
    }

    /** Returns when everything accepted so far has been dealt with: nothing is under way, and but for dead letters nothing waits. */
    public void awaitIdle() {
        Awaitility.await("nothing waits or is under way").pollDelay(Duration.ZERO)
                .until(() -> count("SELECT COUNT(*) FROM outbox") == 0 && context().getInflightRepository().size() == 0 && count("SELECT COUNT(*) FROM outbox") == 0);
    }

    /** How many recipients, events or dead letters wait in a queue, what is under way included: sends.ACCOUNT, sends.ACCOUNT.high, events.DOWNSTREAM. */
    public long waiting(String queue) throws SQLException {
        String[] parts = queue.split("\\.");
        return parts[0].equals("dead-letters") ? count("SELECT COUNT(*) FROM dead_letter WHERE queue = '" + parts[1] + "' AND target = '" + parts[2] + "'")
                : count("SELECT COALESCE(SUM(items), 0) FROM outbox WHERE queue = '" + parts[0] + "' AND target = '" + parts[1] + "'"
                        + (parts[0].equals("events") ? "" : " AND lane = " + (parts.length > 2 ? 0 : 1)));
    }

    private long count(String sql) throws SQLException {
        try (Connection connection = ledger(); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Override
    public void close() {
        main.stop();
    }
}

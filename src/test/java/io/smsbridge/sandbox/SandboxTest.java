package io.smsbridge.sandbox;

import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static io.smsbridge.TestBridge.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ScriptedDownstream;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sandbox refuses what Infobip would refuse, and plays each fate that a message can have. */
class SandboxTest {

    private static final String SEND = "/sandbox/infobip/sms/3/messages";

    @TempDir
    static Path home;
    static ScriptedDownstream downstream;
    static TestBridge bridge;

    @BeforeAll
    static void start() throws Exception {
        downstream = new ScriptedDownstream();
        bridge = new TestBridge(home, """
                account.sandbox.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.sandbox.apiKey={{sandbox.apiKey}}
                account.sandbox.sender=Bridge
                account.sandbox.clickTracking=default-domain
                account.sandbox.publicUrl=http://localhost:{{http.port}}
                account.sandbox.retryDelay=100ms
                account.sandbox.responseTimeout=4000
                sandbox.firstSms=false
                downstream.clevertap.url=http://localhost:{{http.port}}/sandbox/downstream/clevertap
                downstream.clevertap.format=clevertap
                downstream.events.url=%s/events
                downstream.events.format=events
                downstream.events.events=sent,delivered,failed,replied,clicked
                """.formatted(downstream.url()), "events.jslt", "// with raw\n.");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        downstream.close();
    }

    @BeforeEach
    void forget() {
        bridge.awaitIdle();
        downstream.takeAll();
    }

    private static HttpResponse<String> send(String body) throws Exception {
        return bridge.post(SEND, body, "Authorization", "App sandbox-key");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{} | required property 'messages' not found",
        "{\"messages\": []} | must have at least 1 items",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}]}]} | required property 'content' not found",
        "{\"messages\": [{\"content\": {\"text\": \"x\"}}]} | required property 'destinations' not found",
        "{\"messages\": [{\"destinations\": [{\"messageId\": \"1\"}], \"content\": {\"text\": \"x\"}}]} | required property 'to' not found",
        "{\"messages\": [{\"destinations\": [{\"to\": 447700900123}], \"content\": {\"text\": \"x\"}}]} | integer found, string expected",
        "{\"messages\": [{\"from\": \"x\", \"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}}]} | property 'from' is not defined",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\", \"transliteration\": \"X\"}}]} | does not have a value in the enumeration",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}, \"options\": {\"regional\": {\"turkeyIys\": {\"recipientType\": \"BIREYSEL\", \"brandCode\": \"7\"}}}}]} | string found, integer expected",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}, \"options\": {\"regional\": {\"indiaDlt\": {}}}}]} | required property 'principalEntityId' not found",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}}], \"options\": {\"schedule\": {\"sendAt\": \"2026-12-24T09:00:00Z\"}}} | does not match the regex pattern",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}, \"options\": {\"deliveryTimeWindow\": {\"from\": {\"hour\": 9, \"minute\": 0}}}}]} | required property 'days' not found",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}, \"options\": {\"deliveryTimeWindow\": {\"days\": []}}}]} | must have at least 1 items",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}, \"options\": {\"deliveryTimeWindow\": {\"days\": [\"MON\"]}}}]} | does not have a value in the enumeration",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}, \"options\": {\"deliveryTimeWindow\": {\"days\": [\"MONDAY\"], \"from\": {\"hour\": 9, \"minute\": 0}}}}]} | has an error with dependencies",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}, \"options\": {\"deliveryTimeWindow\": {\"days\": [\"MONDAY\"], \"from\": {\"hour\": 9, \"minute\": 0}, \"to\": {\"hour\": 24, \"minute\": 0}}}}]} | must have a maximum value of 23",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}, \"options\": {\"deliveryTimeWindow\": {\"days\": [\"MONDAY\"], \"from\": {\"hour\": 9, \"minute\": 0}, \"to\": {\"hour\": 9, \"minute\": 59}}}}]} | at least one hour apart",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}}], \"options\": {\"schedule\": {\"sendingSpeedLimit\": {\"timeUnit\": \"HOUR\"}}}} | required property 'amount' not found",
        "{\"messages\": [{\"destinations\": [{\"to\": \"1\"}], \"content\": {\"text\": \"x\"}}], \"urlOptions\": {}} | property 'urlOptions' is not defined"})
    void refusesWhatInfobipWouldRefuse(String body, String violation) throws Exception {
        HttpResponse<String> response = send(body);
        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = JSON.readTree(response.body());
        assertThat(error.get("errorCode").asText()).isEqualTo("E400");
        assertThat(error.get("violations").findValuesAsText("violation").toString()).contains(violation);
        assertThat(error.get("resources")).isEmpty();
    }

    @Test
    void refusesAWrongKey() throws Exception {
        HttpResponse<String> response = bridge.post(SEND, "{}", "Authorization", "App other");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(JSON.readTree(response.body()).get("errorCode").asText()).isEqualTo("E401");
    }

    @Test
    void refusesAMessageIdItHasSeen() throws Exception {
        String body = "{\"messages\": [{\"destinations\": [{\"to\": \"447700900123\", \"messageId\": \"" + UUID.randomUUID()
                + "\"}], \"content\": {\"text\": \"x\"}}]}";
        assertThat(JSON.readTree(send(body).body()).at("/messages/0/status/name").asText()).isEqualTo("PENDING_ACCEPTED");
        assertThat(JSON.readTree(send(body).body()).at("/messages/0/status/id").asInt()).isEqualTo(23);
    }

    private static String sendTo(String number) throws Exception {
        return sendTo(number, "See https://example.com/a and http://b.example", "meta-" + number);
    }

    private static String sendTo(String number, String text, String meta) throws Exception {
        return bridge.send("sandbox", "{\"to\": \"" + number + "\", \"text\": \"" + text + "\", \"mid\": \"" + meta + "\"}")
                .at("/messages/0/messageId").asText();
    }

    private static List<JsonNode> eventsOf(String id) {
        return downstream.items("/events").stream().filter(event -> event.get("messageId").asText().equals(id)).toList();
    }

    /** The types of the events that a message leads to, in their order. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "447700900123 | sent, delivered |",
        "447700909001 | failed | 910", "447700909002 | sent, failed | 910", "447700909003 | sent, failed | 916",
        "447700909004 | sent, failed | 908", "447700909005 | sent, failed | 903", "447700909006 | sent, delivered |",
        "447700909007 | sent, sent, delivered |", "447700909401 | sent, delivered |", "447700909429 | sent, delivered |",
        "447700909500 | sent, delivered |", "447700909504 | sent, delivered |", "447700909013 | sent, delivered, clicked |",
        "447700909015 | sent, delivered |", "447700909017 | sent, delivered, failed | 905"})
    void magicNumbersChooseTheFate(String number, String types, String code) throws Exception {
        String id = sendTo(number);
        await().until(() -> eventsOf(id).size() == types.split(", ").length);
        List<JsonNode> events = eventsOf(id);
        assertThat(events).extracting(event -> event.get("type").asText()).containsExactlyInAnyOrder(types.split(", "));
        assertThat(events).allSatisfy(event -> assertThat(event.get("account").asText()).isEqualTo("sandbox"));
        if (code != null) {
            assertThat(events).anySatisfy(event -> assertThat(event.path("failureCode").asText()).isEqualTo(code));
        }
    }

    @ParameterizedTest
    @CsvSource({"447700909010, YES", "447700909011, STOP", "447700909012, STOP", "447700909014, YES", "447700909016, YES"})
    void someRecipientsWriteBack(String number, String text) throws Exception {
        assertReply(sendTo(number), number, text);
    }

    /** The text wins over the number. */
    @ParameterizedTest
    @CsvSource({"447700900123, Call me at 5", "447700909010, NO"})
    void aTextCanSayWhatItsRecipientWritesBack(String number, String words) throws Exception {
        assertReply(sendTo(number, "Coming? reply: " + words + " ", TestBridge.newId()), number, words);
    }

    private static void assertReply(String messageId, String number, String text) {
        // Another test's may come late.
        JsonNode reply = await().until(() -> downstream.items("/events").stream()
                .filter(event -> event.path("inReplyTo").asText().equals(messageId)).findFirst(), Optional::isPresent).orElseThrow();
        assertThat(reply.get("type").asText()).isEqualTo("replied");
        assertThat(reply.get("from").asText()).isEqualTo(number);
        assertThat(reply.get("to").asText()).isEqualTo("Bridge");
        assertThat(reply.get("text").asText()).isEqualTo(text);
    }

    private static JsonNode handset(String number) throws Exception {
        for (JsonNode sms : JSON.readTree(bridge.get("/sandbox/handsets").body())) {
            if (sms.get("to").asText().equals(number)) {
                return sms;
            }
        }
        return MissingNode.getInstance();
    }

    private static String path(String link) {
        return URI.create(link).getPath();
    }

    private static List<JsonNode> clicksOf(String id) {
        return eventsOf(id).stream().filter(event -> event.get("type").asText().equals("clicked")).toList();
    }

    @Test
    void aShortLinkLeadsOnAndEachOpeningIsAClick() throws Exception {
        String id = sendTo("447700900777");
        await().until(() -> !handset("447700900777").isMissingNode());
        JsonNode sms = handset("447700900777");
        assertThat(sms.get("from").asText()).isEqualTo("Bridge");
        String link = "http://localhost:" + bridge.port + "/s/[0-9a-f]{10}";
        assertThat(sms.get("text").asText()).matches("See " + link + " and " + link)
                .isEqualTo("See " + sms.at("/links/0").asText() + " and " + sms.at("/links/1").asText());

        HttpResponse<String> opened = bridge.get(path(sms.at("/links/0").asText()));
        assertThat(opened.statusCode()).isEqualTo(302);
        assertThat(opened.headers().firstValue("Location")).hasValue("https://example.com/a");
        assertThat(bridge.get(path(sms.at("/links/1").asText()) + "?id=other").headers().firstValue("Location"))
                .hasValue("http://b.example");
        await().until(() -> clicksOf(id).size() == 2);
        assertThat(clicksOf(id)).extracting(click -> click.get("url").asText())
                .containsExactlyInAnyOrder("https://example.com/a", "http://b.example");

        bridge.get(path(sms.at("/links/0").asText()));
        await().until(() -> clicksOf(id).size() == 3);
    }

    @Test
    void aShortLinkLeadsToAnAddressInAnyScript() throws Exception {
        sendDirectly("447700900804", "https://example.com/\u00fc\u4e2d?q=%41", "{}", "{}");
        assertThat(bridge.get(path(handset("447700900804").at("/links/0").asText())).headers().firstValue("Location"))
                .hasValue("https://example.com/%C3%BC%E4%B8%AD?q=%41");
    }

    @Test
    void anUnknownShortLinkIs404() throws Exception {
        assertThat(bridge.get("/s/0123456789").statusCode()).isEqualTo(404);
    }

    /** Straight to the sandbox: what it posts comes to the scripted server. */
    private static String sendDirectly(String number, String text, String webhooks, String tracking) throws Exception {
        String id = TestBridge.newId();
        HttpResponse<String> response = send("""
                {"messages": [{"sender": "Shop", "destinations": [{"to": "%s", "messageId": "%s"}], "content": {"text": "%s"},
                               "options": {"platform": {"entityId": "e", "applicationId": "a"}}, "webhooks": %s}],
                 "options": {"schedule": {"bulkId": "bulk-1"}, "tracking": %s}}""".formatted(number, id, text, webhooks, tracking));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(JSON.readTree(response.body()).at("/messages/0/status/groupName").asText()).isEqualTo("PENDING");
        return id;
    }

    private static String reportsTo(String path) {
        return "{\"delivery\": {\"url\": \"" + downstream.url() + path + "\"}, \"callbackData\": \"mine\"}";
    }

    private static String allReportsTo(String path) {
        return "{\"delivery\": {\"url\": \"" + downstream.url() + path + "\", \"intermediateReport\": true}, \"callbackData\": \"mine\"}";
    }

    @Test
    void aClickWebhookIsOneBareObject() throws Exception {
        String id = sendDirectly("447700900801", "Go: (https://example.com/a?b=c#d).", reportsTo("/reports"),
                "{\"trackingUrl\": \"" + downstream.url() + "/clicks\", \"customDomain\": \"go.example.com\"}");
        JsonNode sms = handset("447700900801");
        assertThat(sms.get("text").asText()).isEqualTo("Go: (https://go.example.com" + path(sms.at("/links/0").asText()).substring(2) + ").");

        long before = System.currentTimeMillis();
        assertThat(bridge.get(path(sms.at("/links/0").asText()), "User-Agent", "Mozilla/5.0 (Linux; Android 15)")
                .headers().firstValue("Location")).hasValue("https://example.com/a?b=c#d");
        await().until(() -> downstream.posts("/clicks").size() == 1);
        ObjectNode click = (ObjectNode) downstream.bodies("/clicks").get(0);
        assertThat(click.remove("sendDateTime").asLong()).isBetween(before, System.currentTimeMillis());
        assertThat(click).isEqualTo(JSON.readTree("""
                {"notificationType": "CLICKED", "url": "https://example.com/a?b=c#d", "recipient": "447700900801", "messageId": "%s",
                 "bulkId": "bulk-1", "callbackData": "mine", "entityId": "e", "applicationId": "a",
                 "recipientInfo": {"deviceType": "Phone", "os": "Android", "deviceName": "Mozilla"},
                 "geoLocationInfo": {"countryName": "Sandbox", "city": "Sandbox"}}""".formatted(id)));
    }

    /** A link posts to this machine alone, and only where clicks are tracked; it leads on in any case. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"trackClicks\": false, \"trackingUrl\": \"%s/not-clicks\"", "\"trackClicks\": true",
        "\"trackingUrl\": \"http://127.0.0.2:%2$d/not-clicks\"", "\"trackingUrl\": \"http://localhost:1@127.0.0.2:%2$d/not-clicks\"",
        "\"trackingUrl\": \"%s/not-clicks?proxyHost=127.0.0.2\""})
    void noClickIsReportedWhereNoneIsAskedFor(String tracking) throws Exception {
        String wanted = "{\"shortenUrl\": true, " + tracking.formatted(downstream.url(), downstream.server.port()) + "}";
        sendDirectly("447700900802", "https://example.com/a", "{}", wanted);
        assertThat(bridge.get(path(handset("447700900802").at("/links/0").asText())).statusCode()).isEqualTo(302);
        // One that is asked for comes after it.
        sendDirectly("447700900803", "https://example.com/a", "{}", "{\"trackingUrl\": \"" + downstream.url() + "/clicks\"}");
        bridge.get(path(handset("447700900803").at("/links/0").asText()));
        await().until(() -> downstream.posts("/clicks").size() == 1);
        assertThat(downstream.server.findAll(anyRequestedFor(urlMatching("/not-clicks.*")))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"null", "{\"shortenUrl\": false}"})
    void withoutShorteningTheTextStays(String tracking) throws Exception {
        String options = tracking.equals("null") ? "" : ", \"options\": {\"tracking\": " + tracking + "}";
        send("{\"messages\": [{\"destinations\": [{\"to\": \"447700909013\"}], \"content\": {\"text\": \"https://example.com/a\"}}]" + options + "}");
        assertThat(handset("447700909013").get("text").asText()).isEqualTo("https://example.com/a");
        assertThat(handset("447700909013").get("links")).isEmpty();
    }

    @Test
    void lateReportsComeAfterTheFirstEachInAPostOfItsOwn() throws Exception {
        sendDirectly("447700909008", "x", allReportsTo("/late"), "{}");
        await().until(() -> downstream.posts("/late").size() == 3);
        assertThat(downstream.bodies("/late")).allSatisfy(body -> assertThat(body.get("results")).hasSize(1))
                .extracting(body -> body.at("/results/0/status/groupName").asText()).containsExactly("DELIVERED", "PENDING", "UNDELIVERABLE");
    }

    @ParameterizedTest
    @CsvSource({"447700909017, DELIVERED_TO_OPERATOR UNDELIVERABLE_NOT_DELIVERED", "447700909018, DELIVERED_TO_OPERATOR DELIVERED_TO_HANDSET"})
    void theOperatorsDeliveryIsFollowedByTheEnd(String number, String statuses) throws Exception {
        String path = "/operator" + number;
        sendDirectly(number, "x", reportsTo(path), "{}");
        await().until(() -> downstream.posts(path).size() == 2);
        assertThat(downstream.bodies(path)).extracting(body -> body.at("/results/0/status/name").asText()).containsExactly(statuses.split(" "));
    }

    @Test
    void whatComesLateChangesNothing() throws Exception {
        String id = sendTo("447700909008");
        String webhook = "/infobip/delivery-reports/x";
        sendDirectly("447700909008", "x", allReportsTo(webhook), "{}");
        // The second message's last report comes after those of the first.
        await().until(() -> downstream.posts(webhook).size() == 3);
        await().until(() -> eventsOf(id).size() == 2);
        assertThat(eventsOf(id)).extracting(event -> event.get("type").asText()).containsExactlyInAnyOrder("sent", "delivered");
    }

    @Test
    void aWholePostOfReportsComesTwice() throws Exception {
        sendDirectly("447700909015", "x", reportsTo("/again"), "{}");
        await().until(() -> downstream.posts("/again").size() == 2);
        assertThat(downstream.bodies("/again").get(1)).isEqualTo(downstream.bodies("/again").get(0));
        assertThat(downstream.bodies("/again").get(0).at("/results/0/status/groupName").asText()).isEqualTo("DELIVERED");
    }

    @Test
    void aWholePostOfRepliesComesTwice() throws Exception {
        sendDirectly("447700909016", "x", reportsTo("/infobip/delivery-reports/y"), "{}");
        await().until(() -> downstream.posts("/infobip/inbound-messages/y").size() == 2);
        List<JsonNode> replies = downstream.bodies("/infobip/inbound-messages/y");
        assertThat(replies.get(1)).isEqualTo(replies.get(0));
        assertThat(replies.get(0).at("/results/0/text").asText()).isEqualTo("YES");
        await().until(() -> !downstream.posts("/infobip/delivery-reports/y").isEmpty());
        assertThat(downstream.posts("/infobip/delivery-reports/y")).hasSize(1);
    }

    private static final String INBOX = "/sandbox/infobip/sms/1/inbox/reports";
    private static final String REPORTS = "/sandbox/infobip/sms/3/reports";

    private static HttpResponse<String> pull(String path) throws Exception {
        return bridge.get(path, "Authorization", "App sandbox-key");
    }

    private static JsonNode pulled(String path) throws Exception {
        HttpResponse<String> response = pull(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static void emptyLines() throws Exception {
        while (!pulled(REPORTS + "?limit=1000").get("results").isEmpty() || !pulled(INBOX + "?limit=1000").get("results").isEmpty()) {
            // What other tests left.
        }
    }

    @Test
    void whatNamesNoWebhookIsPulledOnce() throws Exception {
        emptyLines();
        String first = sendDirectly("447700909010", "x", "{\"callbackData\": \"mine\"}", "{}");
        String second = sendDirectly("447700909008", "x", "{\"delivery\": {\"notify\": true, \"intermediateReport\": true}}", "{}");
        sendDirectly("447700900123", "reply:Later", "{}", "{}");
        sendDirectly("447700909010", "x", "{\"delivery\": {\"notify\": false}}", "{}");
        sendDirectly("447700909010", "x", reportsTo("/pushed"), "{}");

        JsonNode reports = pulled(REPORTS + "?limit=2");
        assertThat(reports.fieldNames()).toIterable().containsExactly("results");
        assertThat(reports.get("results").findValuesAsText("messageId")).containsExactly(first, second);
        assertThat(reports.at("/results/0/callbackData").asText()).isEqualTo("mine");
        assertThat(reports.at("/results/0/sender").asText()).isEqualTo("Shop");
        assertThat(pulled(REPORTS).at("/results")).extracting(report -> report.at("/status/groupName").asText())
                .containsExactly("PENDING", "UNDELIVERABLE", "DELIVERED");
        assertThat(pulled(REPORTS).get("results")).isEmpty();

        JsonNode inbox = pulled(INBOX + "?limit=1");
        assertThat(inbox.at("/results/0/text").asText()).isEqualTo("YES");
        assertThat(inbox.at("/results/0/from").asText()).isEqualTo("447700909010");
        assertThat(inbox.get("messageCount").asInt()).isEqualTo(1);
        assertThat(inbox.get("pendingMessageCount").asInt()).isEqualTo(1);
        assertThat(pulled(INBOX).at("/results/0/text").asText()).isEqualTo("Later");
        assertThat(pulled(INBOX)).isEqualTo(JSON.readTree("{\"results\": [], \"messageCount\": 0, \"pendingMessageCount\": 0}"));
    }

    @ParameterizedTest
    @CsvSource({"0", "1001", "-1", "many", "''", "1&limit=2"})
    void aPullRefusesALimitOutOfRange(String limit) throws Exception {
        HttpResponse<String> reports = pull(REPORTS + "?limit=" + limit);
        assertThat(reports.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(reports.body()).get("errorCode").asText()).isEqualTo("E400");
        assertThat(JSON.readTree(reports.body()).at("/violations/0/property").asText()).isEqualTo("limit");
        HttpResponse<String> inbox = pull(INBOX + "?limit=" + limit);
        assertThat(inbox.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(inbox.body()).at("/requestError/serviceException/messageId").asText()).isEqualTo("BAD_REQUEST");
        assertThat(JSON.readTree(inbox.body()).at("/requestError/serviceException/validationErrors/limit/0").asText())
                .isEqualTo("must be a whole number from 1 to 1000");
    }

    @Test
    void aPullRefusesAWrongKey() throws Exception {
        HttpResponse<String> reports = bridge.get(REPORTS, "Authorization", "App other");
        assertThat(reports.statusCode()).isEqualTo(401);
        assertThat(JSON.readTree(reports.body()).get("errorCode").asText()).isEqualTo("E401");
        HttpResponse<String> inbox = bridge.get(INBOX);
        assertThat(inbox.statusCode()).isEqualTo(401);
        assertThat(JSON.readTree(inbox.body()).at("/requestError/serviceException/messageId").asText()).isEqualTo("UNAUTHORIZED");
    }

    @Test
    void theEchoListsWhatCleverTapWasTold() throws Exception {
        sendTo("447700900778");
        // Another test's may come late, and before it.
        await().untilAsserted(() -> assertThat(JSON.readTree(bridge.get("/sandbox/downstream").body())).anySatisfy(told -> {
            assertThat(told.get("name").asText()).isEqualTo("clevertap");
            assertThat(told.at("/body/0/event").asText()).isEqualTo("delivered");
            assertThat(told.at("/body/0/data/0/meta").asText()).isEqualTo("meta-447700900778");
        }));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[{\"event\": \"opened\", \"data\": [{\"ts\": 1767225600, \"meta\": \"m\"}]}]",
        "[{\"event\": \"failed\", \"data\": [{\"ts\": 1767225600, \"meta\": \"m\"}]}]",
        "[{\"event\": \"delivered\", \"data\": [{\"ts\": \"1767225600\", \"meta\": \"m\"}]}]",
        "[{\"event\": \"delivered\", \"data\": [{\"ts\": 1767225600000, \"meta\": \"m\"}]}]",
        "[{\"event\": \"delivered\", \"data\": [{\"ts\": 1767225600}]}]"})
    void theEchoRefusesWhatCleverTapWouldRefuse(String body) throws Exception {
        assertThat(bridge.post("/sandbox/downstream/clevertap", body).statusCode()).isEqualTo(400);
    }

    @Test
    void theEchoTakesAnyJsonAndRefusesWhatIsNone() throws Exception {
        assertThat(bridge.post("/sandbox/downstream/crm", "").statusCode()).isEqualTo(400);
        assertThat(bridge.post("/sandbox/downstream/crm", "{").statusCode()).isEqualTo(400);
        assertThat(bridge.post("/sandbox/downstream/null", "null").statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(JSON.readTree(bridge.get("/sandbox/downstream").body())).anySatisfy(told -> {
            assertThat(told.get("name").asText()).isEqualTo("null");
            assertThat(told.get("body").isNull()).isTrue();
        }));
    }

    @Test
    void postsReportsToThisMachineOnly() throws Exception {
        String body = """
                {"messages": [{"destinations": [{"to": "447700900123"}], "content": {"text": "x"},
                               "webhooks": {"delivery": {"url": "http://127.0.0.1:%1$d/here"}}},
                              {"destinations": [{"to": "447700900123"}], "content": {"text": "x"},
                               "webhooks": {"delivery": {"url": "http://127.0.0.2:%1$d/elsewhere"}}}]}""".formatted(downstream.server.port());
        assertThat(send(body).statusCode()).isEqualTo(200);
        await().until(() -> downstream.posts("/here").size() == 1);
        assertThat(downstream.posts("/elsewhere")).isEmpty();
    }
}

package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged jar on machines that speak other languages, count otherwise, and are elsewhere: what it says over HTTP is the same. */
class LocaleIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = "\u0130yi g\u00fcnler \u0939\u093e\u0901 \uD83D\uDC4D";
    private static final String REPLY = "\u0907\u0924\u093f \u00e7\u0131kt\u0131n\u0131z";
    private static final String LABEL = "Z\u00fcrich \u0939\u093e\u0901 \uD83D\uDC4D";

    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "tr | TR |                | UTF-8      | Asia/Kolkata",
        "ar | SA | u-nu-arab      | ISO-8859-1 | Asia/Riyadh",
        "th | TH | u-ca-buddhist  | UTF-8      | America/St_Johns",
        "hi | IN | u-nu-deva      | US-ASCII   | Pacific/Kiritimati"})
    void saysTheSameEverywhere(String language, String country, String extensions, String charset, String zone) throws Exception {
        List<String> options = new ArrayList<>(List.of("-Duser.language=" + language, "-Duser.country=" + country, "-Dfile.encoding=" + charset));
        if (extensions != null) {
            options.add("-Duser.extensions=" + extensions);
        }
        try (ScriptedInfobip infobip = new ScriptedInfobip(); ScriptedDownstream downstream = new ScriptedDownstream()) {
            Files.writeString(home.resolve("application.properties"), """
                    account.main.baseUrl=%s
                    account.main.apiKey=k
                    account.main.sender=Shop
                    account.main.region=turkey
                    account.main.brandCode=4711
                    account.main.recipientType=tacir
                    account.main.stopWords=\u0130PTAL,\u0930\u094b\u0915\u0947\u0902
                    account.main.stopReply=%s
                    sms.default-account=main
                    webhooks.token=none
                    downstream.crm.url=%s/events
                    downstream.crm.format=own
                    downstream.crm.events=sent,delivered,failed,replied,clicked
                    """.formatted(infobip.url(), REPLY, downstream.url()));
            Files.createDirectories(home.resolve("routes/maps"));
            Files.writeString(home.resolve("routes/maps/own.jslt"), "// \u0939\u093e\u0901\n[for (.) {\"label\": \"" + LABEL + "\", \"event\": .}]");
            try (PackagedBridge bridge = PackagedBridge.startOn(options, Map.of("TZ", zone, "LC_ALL", "C"), home, FreePort.find()).awaitAnswering()) {
                Instant later = Instant.now().plus(2, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
                String request = JSON.writeValueAsString(Map.of("TO", "+90 530 123 45 67", "TEXT", TEXT, "MESSAGEID", "id-1", "PRIORITY", "HIGH",
                        "RECIPIENTTYPE", "bireysel", "SENDAT", later.toString(), "VALIDITYPERIOD", 30));
                JsonNode accepted = json(bridge.post("/sms/send", request).body());
                assertThat(accepted.path("accepted").asInt()).as(accepted.toString()).isEqualTo(1);
                String messageId = accepted.at("/messages/0/messageId").asText();

                time(event(downstream, "sent", messageId));
                JsonNode call = infobip.calls().get(0);
                assertThat(call.at("/messages/0/content/text").asText()).isEqualTo(TEXT);
                assertThat(call.at("/messages/0/webhooks/callbackData").asText()).isEqualTo("id-1");
                assertThat(call.at("/messages/0/options/regional/turkeyIys/recipientType").asText()).isEqualTo("BIREYSEL");
                assertThat(call.at("/options/schedule/sendAt").asText()).isEqualTo(later.toString().replace("Z", ".000+0000"));

                JsonNode again = json(bridge.post("/sms/send", request).body());
                assertThat(again.at("/messages/0/duplicate").asBoolean()).as(again.toString()).isTrue();
                assertThat(again.at("/messages/0/messageId").asText()).isEqualTo(messageId);

                bridge.post("/sms/send", "{\"messages\": [{\"to\": \"447700900123\", \"text\": \"%s\", \"messageId\": \"id-2\"}, {\"to\": \"nobody\", \"text\": \"x\", \"messageId\": \"id-3\"}]}".formatted(TEXT));
                time(await().atMost(120, TimeUnit.SECONDS).until(() -> events(downstream, "failed").stream().findFirst().orElse(null), Objects::nonNull));

                bridge.post("/infobip/delivery-reports/main", """
                        {"results": [{"messageId": "%s", "to": "905301234567", "callbackData": "id-1", "doneAt": "2026-11-23T12:00:05.250+0200",
                         "status": {"groupName": "delivered", "id": 5}}]}""".formatted(messageId));
                assertThat(event(downstream, "delivered", messageId).get("time").asText()).isEqualTo("2026-11-23T10:00:05.250Z");
                bridge.post("/infobip/clicks/main", "{\"url\": \"https://example.com/\", \"messageId\": \"%s\", \"sendDateTime\": 1767225600123}".formatted(messageId));
                assertThat(event(downstream, "clicked", messageId).get("time").asText()).isEqualTo("2026-01-01T00:00:00.123Z");

                bridge.post("/infobip/inbound-messages/main", """
                        {"results": [{"messageId": "mo-1", "from": "905301234567", "to": "Shop", "text": "iptal", "cleanText": "iptal",
                         "receivedAt": "2026-11-23T10:00:00.000+0000"}]}""");
                assertThat(event(downstream, "replied", "mo-1").at("/keyword/type").asText()).isEqualTo("stop");
                await().atMost(120, TimeUnit.SECONDS).until(() -> infobip.calls().size() == 3);
                assertThat(infobip.calls().stream().map(one -> one.at("/messages/0/content/text").asText())).containsExactlyInAnyOrder(TEXT, TEXT, REPLY);
                assertThat(downstream.items("/events")).allSatisfy(item -> assertThat(item.get("label").asText()).isEqualTo(LABEL));

                JsonNode history = json(bridge.get("/sms/messages/id-1").body()).at("/messages/0/history");
                assertThat(history.findValuesAsText("time")).hasSizeGreaterThan(3).allMatch(time -> time.matches("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
                assertThat(bridge.output()).doesNotContain("Exception").doesNotContain("failure 1,").matches("(?s)\\p{ASCII}*");
                LocalTime logged = LocalTime.parse(bridge.output().lines().reduce((first, last) -> last).orElseThrow().substring(0, 12));
                assertThat(Math.floorMod(Duration.between(logged, LocalTime.now(ZoneOffset.UTC)).toMinutes(), 24 * 60L)).isLessThan(5);
            }
        }
    }

    private static List<JsonNode> events(ScriptedDownstream downstream, String type) {
        return downstream.items("/events").stream().map(item -> item.get("event")).filter(event -> event.get("type").asText().equals(type)).toList();
    }

    private static JsonNode event(ScriptedDownstream downstream, String type, String messageId) {
        return await().atMost(120, TimeUnit.SECONDS).until(() -> events(downstream, type).stream()
                .filter(event -> event.get("messageId").asText().equals(messageId)).findFirst().orElse(null), Objects::nonNull);
    }

    private static void time(JsonNode event) {
        assertThat(event.get("time").asText()).matches("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(Duration.between(Instant.parse(event.get("time").asText()), Instant.now()).abs()).isLessThan(Duration.ofMinutes(5));
    }

    private static JsonNode json(String text) throws Exception {
        return JSON.readTree(text.getBytes(StandardCharsets.UTF_8));
    }
}

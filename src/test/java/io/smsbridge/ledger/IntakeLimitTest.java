package io.smsbridge.ledger;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that is full: new work is refused, what is stored goes on, and new work is taken again. */
class IntakeLimitTest {

    @TempDir
    Path home;

    private static String batch(int size) {
        return IntStream.range(0, size).mapToObj(i -> "{\"to\": \"4477%08d\"}".formatted(i))
                .collect(Collectors.joining(",", "{\"text\": \"held " + "x".repeat(95_000) + "\", \"messages\": [", "]}"));
    }

    @Test
    void aFullLedgerTakesNothingMoreAndPassesOnWhatItHas() throws Exception {
        try (ScriptedInfobip infobip = new ScriptedInfobip();
                ScriptedDownstream downstream = new ScriptedDownstream();
                TestBridge bridge = new TestBridge(home, """
                        account.main.baseUrl=%1$s
                        account.main.apiKey=k
                        account.main.responseTimeout=300000
                        account.pulling.baseUrl=%1$s
                        account.pulling.apiKey=k
                        account.pulling.pullInterval=1s
                        sms.default-account=main
                        data.maxSize=200MB
                        downstream.log.url=%2$s/log
                        downstream.log.events=sent,delivered
                        """.formatted(infobip.url(), downstream.url()))) {
            infobip.server.stubFor(get(anyUrl()).willReturn(aResponse().withBody("{\"results\": []}")));
            String campaign = batch(40);
            int taken = 0;
            HttpResponse<String> answer = bridge.post("/sms/send", campaign);
            while (answer.statusCode() == 200) {
                taken++;
                assertThat(taken).as("requests of 4 MB, and 200 MB of room").isLessThan(100);
                answer = bridge.post("/sms/send", campaign);
            }
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("the bridge has no room to store it; nothing of the request was accepted");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": []}").statusCode()).isEqualTo(503);
            assertThat(bridge.get("/sms/send?to=447700900123&text=Hi").statusCode()).isEqualTo(503);
            assertThat(String.join("\n", bridge.logged())).containsOnlyOnce("sends and webhooks are answered 503 from now on: the ledger takes 2");

            // Nothing is fetched that could not be stored.
            int pulls = infobip.server.findAll(getRequestedFor(anyUrl())).size();
            bridge.context().getRouteController().stopRoute("pull-inbound-messages-pulling");
            bridge.context().getRouteController().startRoute("pull-inbound-messages-pulling");
            await().until(() -> bridge.context().getRoute("pull-inbound-messages-pulling").getUptimeMillis() > 1500);
            assertThat(infobip.server.findAll(getRequestedFor(anyUrl()))).hasSizeLessThanOrEqualTo(pulls + 2);

            // What is stored is sent and told, though the doors are closed.
            infobip.release();
            int accepted = taken * 40;
            await().atMost(300, TimeUnit.SECONDS).until(() -> downstream.items("/log").size() == accepted);
            await().atMost(120, TimeUnit.SECONDS).until(() -> bridge.post("/infobip/delivery-reports/main", "{\"results\": []}").statusCode() == 200);
            assertThat(bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\"}").statusCode()).isEqualTo(200);
            assertThat(String.join("\n", bridge.logged())).contains("there is room again");
        }
    }

    @Test
    void aDiskThatIsNearlyFullIsSaidSo() throws Exception {
        try (ScriptedInfobip infobip = new ScriptedInfobip();
                TestBridge bridge = new TestBridge(home, """
                        account.main.baseUrl=%s
                        account.main.apiKey=k
                        sms.default-account=main
                        data.minFreeDisk=900000TB
                        """.formatted(infobip.url()))) {
            assertThat(bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\"}").statusCode()).isEqualTo(503);
            assertThat(String.join("\n", bridge.logged())).contains("are free on the disk of data.directory, and data.minFreeDisk is 943718400000 MB");
        }
    }
}

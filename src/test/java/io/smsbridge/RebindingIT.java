package io.smsbridge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Host names whose addresses are link-local, at the start or only later. The packaged jar is given a hosts file of its own. */
class RebindingIT {

    private static final String NAME = "crm.example.com";
    private static final String REFUSAL = NAME + " has the address 169.254.169.254, which is link-local or a cloud's metadata service, and is not called;"
            + " if it is meant, list it in outgoing.allowedAddresses";

    @TempDir
    Path home;
    private ScriptedInfobip infobip;
    private ScriptedDownstream downstream;

    @BeforeEach
    void settings() throws Exception {
        infobip = new ScriptedInfobip();
        downstream = new ScriptedDownstream();
        // Each POST opens a connection, and so looks the name up.
        downstream.server.stubFor(any(anyUrl()).atPriority(5).willReturn(aResponse().withStatus(200).withHeader("Connection", "close")));
        Files.writeString(home.resolve("application.properties"), """
                webhooks.token=none
                account.main.baseUrl=%s
                account.main.apiKey=k
                sms.default-account=main
                downstream.crm.url=http://%s:%d/events
                downstream.crm.retryDelay=100ms
                downstream.crm.retryMaxDelay=200ms
                downstream.crm.downAfter=0
                """.formatted(infobip.url(), NAME, downstream.server.port()));
    }

    @AfterEach
    void stop() {
        downstream.close();
        infobip.close();
    }

    private void addresses(String... addresses) throws Exception {
        StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
        for (String address : addresses) {
            hosts.append(address).append(' ').append(NAME).append('\n');
        }
        // At once: a file that is half written has no name.
        Path written = Files.writeString(home.resolve("hosts.new"), hosts);
        Files.move(written, home.resolve("hosts"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private PackagedBridge start() throws Exception {
        return PackagedBridge.startOn(List.of("-Djdk.net.hosts.file=" + home.resolve("hosts"), "-Dsun.net.inetaddr.ttl=0", "-Dsun.net.inetaddr.negative.ttl=0"),
                Map.of(), home, FreePort.find());
    }

    private static void report(PackagedBridge bridge, String id) throws Exception {
        assertThat(bridge.post("/infobip/delivery-reports/main", "{\"results\": [{\"messageId\": \"" + id
                + "\", \"to\": \"447700900123\", \"status\": {\"groupId\": 3, \"id\": 5}}]}").statusCode()).isEqualTo(200);
    }

    private void awaitTold(String id) {
        await().atMost(120, TimeUnit.SECONDS).until(() -> downstream.posts("/events").stream().anyMatch(post -> post.getBodyAsString().contains(id)));
    }

    @Test
    void aNameOneOfWhoseAddressesIsLinkLocalStopsTheStart() throws Exception {
        addresses("127.0.0.1", "169.254.169.254");
        try (PackagedBridge bridge = start()) {
            assertThat(bridge.exitCode()).isNotZero();
            assertThat(bridge.output().lines()).anyMatch(line -> line.endsWith("downstream.crm.url: " + REFUSAL));
        }
    }

    @Test
    void aNameThatBecomesLinkLocalIsCalledNoMoreAndNothingIsLost() throws Exception {
        addresses("127.0.0.1");
        try (PackagedBridge bridge = start().awaitAnswering()) {
            report(bridge, "before");
            awaitTold("before");

            addresses("169.254.169.254");
            report(bridge, "meanwhile");
            await().atMost(120, TimeUnit.SECONDS).until(() -> bridge.output().contains("RefusedAddress: " + REFUSAL));

            addresses("127.0.0.1");
            awaitTold("meanwhile");
            assertThat(downstream.posts("/events").stream().filter(post -> post.getBodyAsString().contains("meanwhile"))).hasSize(1);
        }
    }
}

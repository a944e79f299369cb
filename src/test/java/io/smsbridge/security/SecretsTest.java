package io.smsbridge.security;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.smsbridge.ScriptedDownstream;
import io.smsbridge.ScriptedInfobip;
import io.smsbridge.TestBridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets stand in no JMX attribute, route dump or log line; phone numbers in no log line, and nothing the console reads, but for their last digits. */
class SecretsTest {

    private static final List<String> SECRETS = List.of("5ecret-key", "5ecret-header", "5ecret-password", "5ecret-caller", "5ecret-token",
            "5ecret-puller", "5ecret-console", "5ecret-webhook", "5ecret-tls");
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    @TempDir
    Path home;

    @Test
    void areSeenByNobody() throws Exception {
        int before = TestBridge.log().size();
        try (ScriptedInfobip infobip = new ScriptedInfobip();
                ScriptedDownstream downstream = new ScriptedDownstream();
                TestBridge bridge = new TestBridge(home, """
                        account.main.baseUrl=%1$s
                        account.main.apiKey=5ecret-key
                        sms.default-account=main
                        account.pulling.baseUrl=%1$s
                        account.pulling.apiKey=5ecret-puller
                        account.pulling.pullInterval=1s
                        account.pulling.webhookToken=5ecret-webhook-token
                        account.pulling.webhookBasic=infobip:5ecret-webhook-basic
                        account.pulling.webhookHeader=X-Key: 5ecret-webhook-header
                        account.pulling.webhookSignature=body
                        account.pulling.webhookSignatureSecret=5ecret-webhook-hmac
                        http.tlsPassword=5ecret-tls
                        sms.apiKey=5ecret-caller
                        webhooks.token=5ecret-token
                        account.main.publicUrl=https://sms.example.com
                        downstream.crm.url=%2$s/crm
                        downstream.crm.events=sent,delivered,failed
                        downstream.crm.headers=X-Key: 5ecret-header
                        downstream.crm.basicUsername=u
                        downstream.crm.basicPassword=5ecret-password
                        console.password=5ecret-console
                        """.formatted(infobip.url(), downstream.url()))) {
            infobip.answers(com.github.tomakehurst.wiremock.client.WireMock.aResponse().withStatus(401).withBody("447700900123?"));
            for (int i = 0; i < 2; i++) {
                assertThat(bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hi\", \"mid\": \"447700900123." + i + "\"}",
                        "X-API-Key", "5ecret-caller").statusCode()).isEqualTo(200);
            }
            await().until(() -> downstream.items("/crm").size() == 2);
            // Refused, which is logged and counted.
            assertThat(bridge.post("/infobip/delivery-reports/pulling/5ecret-webhook-guess", "{}").statusCode()).isEqualTo(401);

            // Two of each kind: what became of the first is told by then.
            await().until(() -> infobip.server.findAll(getRequestedFor(anyUrl())).size() > 4);

            List<String> seen = everythingInJmx();
            assertThat(seen).hasSizeGreaterThan(1000);
            assertThat(seen).noneMatch(text -> SECRETS.stream().anyMatch(text::contains));

            // What a console user can read besides, and what was given with -D.
            System.setProperty("test.secret", "5ecret-key");
            String read = everythingOverJolokia(bridge, "5ecret-console");
            System.clearProperty("test.secret");
            assertThat(read).hasSizeGreaterThan(300_000).contains("io.smsbridge:type=accounts,name=main").contains("...0123?");
            assertThat(SECRETS).noneMatch(read::contains);
            assertThat(read).doesNotContain("447700900123");
        }
        List<String> telling = TestBridge.logSince(before).stream()
                .filter(line -> line.contains("447700900123") || SECRETS.stream().anyMatch(line::contains)).toList();
        assertThat(telling).isEmpty();
    }

    /** All attributes there are, read by a console user, and the dumps of all routes. */
    static String everythingOverJolokia(TestBridge bridge, String password) throws Exception {
        StringBuilder read = new StringBuilder();
        for (String request : List.of("{\"type\":\"read\",\"mbean\":\"*:*\",\"config\":{\"ignoreErrors\":true}}",
                "{\"type\":\"exec\",\"mbean\":\"org.apache.camel:type=context,*\",\"operation\":\"dumpRoutesAsXml()\"}")) {
            read.append(bridge.manage("POST", "/hawtio/jolokia", request.replace("org.apache.camel:type=context,*", context()),
                    "Authorization", "Basic " + Base64.getEncoder().encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8))).body());
        }
        return read.toString();
    }

    private static String context() throws JMException {
        return BEANS.queryNames(new ObjectName("org.apache.camel:type=context,*"), null).iterator().next().toString().replace("\"", "\\\"");
    }

    static List<String> everythingInJmx() throws JMException {
        List<String> seen = new ArrayList<>();
        for (ObjectName name : BEANS.queryNames(null, null)) {
            if (!name.getDomain().startsWith("org.apache") && !name.getDomain().equals("io.smsbridge")) {
                continue;
            }
            for (MBeanAttributeInfo attribute : BEANS.getMBeanInfo(name).getAttributes()) {
                try {
                    seen.add(String.valueOf(BEANS.getAttribute(name, attribute.getName())));
                } catch (JMException | RuntimeException e) {
                    seen.add(String.valueOf(e));
                }
            }
            if ("routes".equals(name.getKeyProperty("type"))) {
                for (String dump : List.of("dumpRouteAsXml", "dumpRouteAsYaml")) {
                    try {
                        seen.add(String.valueOf(BEANS.invoke(name, dump, new Object[] {true}, new String[] {"boolean"})));
                    } catch (JMException | RuntimeException e) {
                        seen.add(String.valueOf(e));
                    }
                }
            }
        }
        return seen;
    }
}

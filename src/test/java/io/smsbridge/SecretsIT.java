package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets from the environment and from mounted files are seen in no process list, and in no line that the process prints, at DEBUG neither. */
class SecretsIT {

    private static final Map<String, String> ENVIRONMENT = Map.of("PLANTED_KEY", "5ecret-infobip", "DOWNSTREAM_CRM_BEARERTOKEN", "5ecret-bearer");
    private static final Map<String, String> FILES = Map.of("caller-key", "5ecret-caller", "console-password", "5ecret-console", "webhook-token", "5ecret-webhook");

    @TempDir
    Path home;
    @TempDir
    Path mounted;

    @Test
    void areInNoProcessListAndNotInTheLogAtDebug() throws Exception {
        for (var file : FILES.entrySet()) {
            Files.writeString(mounted.resolve(file.getKey()), file.getValue());
        }
        Files.writeString(home.resolve("application.properties"), """
                camel.main.cloud-properties-location=%s
                account.main.baseUrl=http://localhost:1
                account.main.apiKey={{env:PLANTED_KEY}}
                sms.apiKey={{caller-key}}
                console.password={{console-password}}
                webhooks.token={{webhook-token}}
                downstream.crm.url=http://localhost:1/
                downstream.crm.events=queued
                """.formatted(mounted));
        try (PackagedBridge bridge = PackagedBridge.startOn(List.of(), ENVIRONMENT, home, FreePort.find())) {
            await().atMost(180, TimeUnit.SECONDS).ignoreExceptions().until(() -> bridge.get("/openapi.json").statusCode() == 200);
            HttpResponse<String> set = call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bridge.managementPort + "/hawtio/jolokia"))
                    .header("Authorization", "Basic " + Base64.getEncoder().encodeToString("admin:5ecret-console".getBytes(StandardCharsets.UTF_8)))
                    .POST(HttpRequest.BodyPublishers.ofString("""
                            {"type":"exec","mbean":"io.smsbridge:type=logging","operation":"setLevel","arguments":["root","DEBUG"]}""")));
            assertThat(set.body()).contains("root logs DEBUG");
            assertThat(call(HttpRequest.newBuilder(URI.create("http://localhost:" + bridge.port + "/sms/send")).header("X-API-Key", "5ecret-caller")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"to\": \"447700900123\", \"text\": \"Hi\"}"))).statusCode()).isEqualTo(200);
            assertThat(bridge.post("/infobip/delivery-reports/main/guess", "{}").statusCode()).isEqualTo(401);
            await().until(() -> bridge.output().contains(" DEBUG ") && bridge.output().contains("account main: failure")
                    && bridge.output().contains("downstream crm: failure"));

            List<String> commands = Stream.concat(Stream.of(bridge.process.toHandle()), bridge.process.descendants())
                    .map(process -> process.info().commandLine().orElse("")).toList();
            assertThat(commands).anyMatch(command -> command.contains("-jar"));
            Stream.concat(ENVIRONMENT.values().stream(), FILES.values().stream()).forEach(secret -> {
                assertThat(commands).noneMatch(command -> command.contains(secret));
                assertThat(output(bridge)).doesNotContain(secret);
            });
        }
    }

    /** A heap dump holds all secrets; Java makes none by itself. */
    @Test
    void theStartScriptAsksForNoHeapDump() throws Exception {
        assertThat(Files.readString(Path.of("src/main/scripts/bridge.sh"))).contains("exec \"$java\"").doesNotContain("HeapDump");
    }

    private static HttpResponse<String> call(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String output(PackagedBridge bridge) {
        try {
            return bridge.output();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}

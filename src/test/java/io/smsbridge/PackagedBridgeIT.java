package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged jar as a user runs it: alone, beside its files, with wrong settings, and killed. */
class PackagedBridgeIT {

    @TempDir
    Path home;

    /** What the README's first command shows. */
    @Test
    void aloneItShowsTheWholeWayOfOneSms() throws Exception {
        try (PackagedBridge bridge = PackagedBridge.start(home, FreePort.find())) {
            await().atMost(180, TimeUnit.SECONDS).untilAsserted(() -> assertThat(bridge.output()).contains(
                    "clevertap was told: [{\"event\":\"delivered", "clevertap was told: [{\"event\":\"replied", "clevertap was told: [{\"event\":\"clicked",
                    "the bridge answered: "));
            assertThat(bridge.output())
                    .contains("SANDBOX: Infobip is played by this process. Nothing leaves this machine")
                    .contains("sent one SMS to show the way; the bridge answered: {\"status\":\"success\"")
                    .contains("SMS from Bridge to ...9014: Hello from the bridge: http://localhost:")
                    .contains("clevertap was told: [{\"event\":\"delivered\",\"data\":[{\"ts\":...")
                    .doesNotContain("494066969014").doesNotContain("Exception").doesNotContain("sandbox-key");
        }
    }

    @Test
    void takesRoutesAndSettingsFromItsDirectory(@TempDir Path parent) throws Exception {
        Path home = Files.createDirectory(parent.resolve("a b"));
        Files.createDirectories(home.resolve("routes"));
        try (var files = Files.walk(Path.of("routes"))) {
            for (Path file : files.skip(1).toList()) {
                Files.copy(file, home.resolve(file.toString()));
            }
        }
        Files.writeString(home.resolve("routes/mine.yaml"), """
                - route:
                    id: mine
                    description: A team's own route.
                    from:
                      uri: platform-http:/mine
                      steps:
                        - setBody:
                            expression:
                              constant:
                                expression: mine
                """);
        Files.writeString(home.resolve("application.properties"),
                "account.mine.baseUrl=http://localhost:1\naccount.mine.apiKey=k\nsms.default-account=mine\n");
        try (PackagedBridge bridge = PackagedBridge.start(home, FreePort.find()).awaitAnswering()) {
            assertThat(bridge.post("/mine", "").body()).isEqualTo("mine");
            assertThat(bridge.post("/sms/send/sandbox", "{}").body()).contains("there are [mine]");
        }
    }

    @Test
    void aPathThatCannotBeReadEndsItWithExitCode2() throws Exception {
        Path plus = Files.createDirectories(home.resolve("a+b"));
        Files.createDirectory(plus.resolve("routes"));
        PackagedBridge bridge = PackagedBridge.start(plus, FreePort.find());
        assertThat(bridge.exitCode()).isEqualTo(2);
        assertThat(bridge.output()).contains("/a+b/routes: a path with + % ? # { or } can't be read");
    }

    @Test
    void wrongSettingsEndItWithExitCode2AndOneLineEach() throws Exception {
        Files.writeString(home.resolve("application.properties"),
                "account.a.baseUrl=https://x.api.infobip.com\naccount.a.region=india\nsms.default-account=b\n");
        PackagedBridge bridge = PackagedBridge.start(home, FreePort.find());
        assertThat(bridge.exitCode()).isEqualTo(2);
        assertThat(bridge.output().lines().dropWhile(line -> !line.startsWith("The bridge did not start"))).containsExactly(
                "The bridge did not start:",
                "  sms.default-account: 'b' is no account; there are a",
                "  account.a.apiKey: missing; an API key of your Infobip account with the scope sms:message:send",
                "  account.a.principalEntityId: missing; your Principal Entity ID from the DLT portal; region=india needs it");
    }

    @Test
    void aDatabaseThatCannotBeReachedEndsItWithExitCode2() throws Exception {
        Files.writeString(home.resolve("application.properties"), "account.a.baseUrl=https://x.api.infobip.com\naccount.a.apiKey=k\n"
                + "sms.default-account=a\nledger.url=jdbc:postgresql://localhost:1/bridge\n");
        PackagedBridge bridge = PackagedBridge.start(home, FreePort.find());
        assertThat(bridge.exitCode()).isEqualTo(2);
        assertThat(bridge.output().lines().dropWhile(line -> !line.startsWith("The bridge did not start"))).hasSize(2).element(1).asString()
                .startsWith("  ledger.url: the database can't be used: Connection to localhost:1 refused.");
    }

    @Test
    void aSecondBridgeOnTheSameDirectoryEndsWithExitCode2() throws Exception {
        try (PackagedBridge first = PackagedBridge.start(home, FreePort.find()).awaitAnswering()) {
            PackagedBridge second = PackagedBridge.start(home, FreePort.find());
            assertThat(second.exitCode()).isEqualTo(2);
            assertThat(second.output()).contains("data.directory: the queues in ");
            assertThat(first.process.isAlive()).isTrue();
        }
    }

    /** A webhook that is told 404 may never come again. */
    @Test
    void whileItStartsNobodyIsToldThatThereIsNothing() throws Exception {
        Set<Integer> answers = new HashSet<>();
        try (PackagedBridge bridge = PackagedBridge.start(home, FreePort.find())) {
            await().atMost(180, TimeUnit.SECONDS).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).ignoreExceptions().until(() -> {
                answers.add(bridge.post("/infobip/delivery-reports/sandbox", "{\"results\": []}").statusCode());
                return answers.contains(200);
            });
        }
        assertThat(answers).isSubsetOf(503, 200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--to 447700900123 | 0 | Infobip accepted it (account sandbox)",
        "--to +447700909001 --account sandbox --sender Shop | 1 | REJECTED_DESTINATION",
        "--to 447700909401 | 1 | E401",
        "--to 12 | 1 | to: not a phone number in international form",
        "--to 447700900123 --account nobody | 2 | --account: 'nobody' is no account; there are sandbox",
        "--text Hi | 2 | --to is missing",
        "--nonsense | 2 | Unknown option --nonsense"})
    void sendTestSaysWhatInfobipSaid(String arguments, int exitCode, String output) throws Exception {
        List<String> all = new ArrayList<>(List.of("send-test"));
        all.addAll(List.of(arguments.split(" ")));
        PackagedBridge test = PackagedBridge.start(home, FreePort.find(), all.toArray(String[]::new));
        assertThat(test.exitCode()).as(test.output()).isEqualTo(exitCode);
        assertThat(test.output()).contains(output).doesNotContain("\tat ");
        assertThat(home.resolve("data")).doesNotExist();
    }

    /**
     * Killed again and again right after an answer of 200: each message accepted goes out, under one message id. The scripted
     * Infobip takes a repeated id for new, so the ids themselves have to tell whether a message was made twice.
     */
    @Test
    void whatWasAnswered200GoesOutOnceThoughTheProcessIsKilled() throws Exception {
        try (ScriptedInfobip infobip = new ScriptedInfobip()) {
            Files.writeString(home.resolve("application.properties"), """
                    account.main.baseUrl=%s
                    account.main.apiKey=k
                    account.main.retryDelay=200ms
                    sms.default-account=main
                    """.formatted(infobip.url()));
            int port = FreePort.find();
            List<String> accepted = new ArrayList<>();
            for (int round = 0; round < 2; round++) {
                try (PackagedBridge bridge = PackagedBridge.start(home, port).awaitAnswering()) {
                    for (int i = 0; i < 40; i++) {
                        HttpResponse<String> response = bridge.post("/sms/send",
                                "{\"text\": \"" + round + "\", \"messages\": [{\"to\": \"447700900123\"}, {\"to\": \"447700900124\"}]}");
                        assertThat(response.statusCode()).isEqualTo(200);
                        accepted.addAll(TestBridge.JSON.readTree(response.body()).get("messages").findValuesAsText("messageId"));
                    }
                    bridge.kill();
                }
            }
            try (PackagedBridge bridge = PackagedBridge.start(home, port).awaitAnswering()) {
                await().until(() -> infobip.messageIds().containsAll(accepted));
                // One that was in hand when the process died goes out again, and Infobip answers it as a duplicate (status 23).
                assertThat(new HashSet<>(infobip.messageIds())).containsExactlyInAnyOrderElementsOf(accepted);
                assertThat(accepted).hasSize(160).doesNotHaveDuplicates();
                int repeated = infobip.messageIds().size() - accepted.size();
                assertThat(repeated).as("sent again under their own id").isLessThanOrEqualTo(2 * 4 * 2);
            }
        }
    }
}

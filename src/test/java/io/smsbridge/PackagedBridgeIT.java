package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged jar as a user runs it: alone, beside its files, with wrong settings, and killed. */
class PackagedBridgeIT {

    @TempDir
    Path home;

    /** What the README's second command shows. */
    @Test
    void aloneItShowsTheWholeWayOfOneSms() throws Exception {
        try (PackagedBridge bridge = PackagedBridge.start(home, FreePort.find())) {
            await().atMost(180, TimeUnit.SECONDS).untilAsserted(() -> assertThat(bridge.output()).contains(
                    "clevertap was told: [{\"event\":\"", "{\"event\":\"delivered", "{\"event\":\"replied", "{\"event\":\"clicked",
                    "the bridge answered: "));
            assertThat(bridge.output())
                    .contains("SANDBOX: Infobip is played by this process. Nothing leaves this machine")
                    .contains("sent one SMS to show the way; the bridge answered: {\"status\":\"success\"")
                    .contains("SMS from Bridge to ...9014: Hello from the bridge: http://localhost:")
                    .contains("{\"event\":\"delivered\",\"data\":[{\"ts\":...")
                    .doesNotContain("494066969014").doesNotContain("Exception").doesNotContain("sandbox-key");
        }
    }

    /** A file of ours, one of a team's own, what is mounted into a container, and a path with characters that URLs have for themselves. */
    @Test
    void takesRoutesAndSettingsFromItsDirectoryFileByFile(@TempDir Path parent) throws Exception {
        Path home = Files.createDirectory(parent.resolve("a b+c%20"));
        Path routes = Files.createDirectories(home.resolve("routes/..2026_11_27/maps")).getParent();
        Files.writeString(routes.resolve("mine.yaml"), """
                - route:
                    id: mine
                    description: A team's own route.
                    from:
                      uri: platform-http:/mine
                      steps:
                        - to:
                            id: to-mine
                            uri: jslt:{{routes}}/maps/mine.jslt
                - route:
                    id: mine-by-name
                    description: The same map, as the bridge's own routes name theirs.
                    from:
                      uri: platform-http:/mine-by-name
                      steps:
                        - to:
                            id: map-mine
                            uri: map:mine
                """);
        Files.writeString(routes.resolve("maps/mine.jslt"), "{\"mine\": .a}");
        Files.copy(Path.of("routes/maps/message-history.jslt"), routes.resolve("maps/message-history.jslt"));
        Files.writeString(routes.resolve("maps/message-history.jslt"), "\n+ {\"help\": \"ask the team\"}", StandardOpenOption.APPEND);
        Files.createSymbolicLink(home.resolve("routes/..data"), Path.of("..2026_11_27"));
        Files.createSymbolicLink(home.resolve("routes/mine.yaml"), Path.of("..data/mine.yaml"));
        Files.createSymbolicLink(home.resolve("routes/maps"), Path.of("..data/maps"));
        Files.writeString(home.resolve("application.properties"),
                "account.mine.baseUrl=http://localhost:1\naccount.mine.apiKey=k\nsms.default-account=mine\n");
        try (PackagedBridge bridge = PackagedBridge.start(home, FreePort.find()).awaitAnswering()) {
            assertThat(bridge.post("/mine", "{\"a\": 1}").body()).isEqualTo("{\"mine\":1}");
            assertThat(bridge.post("/mine-by-name", "{\"a\": 1}").body()).isEqualTo("{\"mine\":1}");
            assertThat(bridge.post("/sms/send/sandbox", "{}").body()).contains("there are [mine]");
            assertThat(bridge.post("/sms/send", "{\"to\": \"447700900123\", \"text\": \"Hello\", \"messageId\": \"one\"}").statusCode()).isEqualTo(200);
            assertThat(bridge.get("/sms/messages/one").body()).contains("\"help\":\"ask the team\"");
            assertThat(bridge.output()).contains("routes/ has files in place of the bridge's own: maps/message-history.jslt; besides: maps/mine.jslt, mine.yaml");
        }
    }

    @Test
    void thePagesCommandCopiesAFileOutOfTheJar() throws Exception {
        String command = Files.readAllLines(Path.of("docs/how-it-works.md")).stream().map(String::strip).filter(line -> line.startsWith("jar xf "))
                .findFirst().orElseThrow();
        Files.createSymbolicLink(home.resolve("infobip-sms-bridge.jar"), Path.of(System.getProperty("bridge.jar")).toAbsolutePath());
        ProcessBuilder shell = new ProcessBuilder("bash", "-c", command).directory(home.toFile()).inheritIO();
        shell.environment().merge("PATH", Path.of(System.getProperty("java.home"), "bin").toString(), (path, java) -> java + ":" + path);
        assertThat(shell.start().waitFor()).isZero();
        assertThat(home.resolve("routes/maps/clevertap.jslt")).hasSameTextualContentAs(Path.of("routes/maps/clevertap.jslt"));
    }

    /** As after an upgrade, where the directory has stayed, and as it was before files said their version. */
    @Test
    void aRouteFileOfAnotherVersionEndsItWithExitCode2() throws Exception {
        Files.createDirectories(home.resolve("routes/maps"));
        String own = Files.readString(Path.of("routes/maps/clevertap.jslt"));
        Files.writeString(home.resolve("routes/maps/clevertap.jslt"), own.replaceFirst("routes \\d+", "routes 0"));
        Files.writeString(home.resolve("routes/maps/raw.jslt"), own.lines().skip(1).collect(Collectors.joining("\n")));
        Files.writeString(home.resolve("routes/gone.yaml"), "# infobip-sms-bridge routes 0\n");
        Files.writeString(home.resolve("routes/mine.yml"), "# A team's own.\n");
        Files.writeString(home.resolve("routes/maps/mine.jslt"), "// A team's own.\n.");
        PackagedBridge bridge = PackagedBridge.start(home, FreePort.find());
        assertThat(bridge.exitCode()).isEqualTo(2);
        String cure = "; delete it to use the bridge's own, or make your change again in a copy of that (docs/upgrade.md)";
        assertThat(bridge.output().lines().dropWhile(line -> !line.startsWith("The bridge did not start"))).containsExactly(
                "The bridge did not start:",
                "  routes/gone.yaml: belongs to version 0 of the bridge's routes, and this is version 2; delete it, or, where it is a file of"
                        + " your own that is still right, say 2 in its line \"# infobip-sms-bridge routes 0\"",
                "  routes/maps/clevertap.jslt: belongs to version 0 of the bridge's routes, and this is version 2" + cure,
                "  routes/maps/raw.jslt: has the name of a file of the bridge's, and no line \"infobip-sms-bridge routes 2\" that says which"
                        + " version it belongs to" + cure,
                "  routes/mine.yml: is not read as it is named; name it .yaml");
    }

    @Test
    void wrongSettingsEndItWithExitCode2AndOneLineEach() throws Exception {
        Files.writeString(home.resolve("application.properties"),
                "account.a.baseUrl=https://x.api.infobip.com\naccount.a.region=india\nsms.default-account=b\nhttp.host=127.0.0.1\n");
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
                + "sms.default-account=a\nhttp.host=127.0.0.1\nledger.url=jdbc:postgresql://localhost:1/bridge\n");
        PackagedBridge bridge = PackagedBridge.start(home, FreePort.find());
        assertThat(bridge.exitCode()).isEqualTo(2);
        assertThat(bridge.output().lines().dropWhile(line -> !line.startsWith("The bridge did not start"))).hasSize(2).element(1).asString()
                .startsWith("  ledger.url: the database can't be used: Connection to localhost:1 refused.");
    }

    @Test
    void aSecondBridgeOnTheSameDirectoryEndsWithExitCode2() throws Exception {
        // A ledger in the directory, whatever database the tests have: a PostgreSQL is there for several.
        List<String> onFile = List.of("-Dledger.url=");
        try (PackagedBridge first = PackagedBridge.startOn(onFile, Map.of(), home, FreePort.find()).awaitAnswering()) {
            PackagedBridge second = PackagedBridge.startOn(onFile, Map.of(), home, FreePort.find());
            assertThat(second.exitCode()).isEqualTo(2);
            assertThat(second.output()).contains("data.directory: another bridge is running on the ledger ");
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
        "--text Hi | 2 | Missing required option: '--to=NUMBER'",
        "--to 447700900123 --nonsense | 2 | Unknown option: '--nonsense'"})
    void sendTestSaysWhatInfobipSaid(String arguments, int exitCode, String output) throws Exception {
        List<String> all = new ArrayList<>(List.of("send-test"));
        all.addAll(List.of(arguments.split(" ")));
        PackagedBridge test = PackagedBridge.start(home, FreePort.find(), all.toArray(String[]::new));
        assertThat(test.exitCode()).as(test.output()).isEqualTo(exitCode);
        assertThat(test.output()).contains(output).doesNotContain("\tat ");
        assertThat(home.resolve("data")).doesNotExist();
    }

    /** Its outbox is shared with the bridges that run on this database, so a test that opened it would take their sends. */
    @Test
    void sendTestLeavesASharedLedgerAlone() throws Exception {
        Files.writeString(home.resolve("application.properties"), """
                account.main.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.main.apiKey={{sandbox.apiKey}}
                ledger.url=jdbc:postgresql://localhost:1/bridge
                """);
        PackagedBridge test = PackagedBridge.start(home, FreePort.find(), "send-test", "--to", "447700900123");
        assertThat(test.exitCode()).as(test.output()).isZero();
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

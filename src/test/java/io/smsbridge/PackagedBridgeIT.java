package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar as a user runs it: alone, beside its files, and with wrong settings. */
class PackagedBridgeIT {

    @TempDir
    Path home;

    /** What the README's second command shows. */
    @Test
    void aloneItShowsTheWholeWayOfOneSms() throws Exception {
        try (PackagedBridge bridge = PackagedBridge.startJar(home, FreePort.find())) {
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
        try (PackagedBridge bridge = PackagedBridge.startJar(home, FreePort.find()).awaitAnswering()) {
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
        PackagedBridge bridge = PackagedBridge.startJar(home, FreePort.find());
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
        PackagedBridge bridge = PackagedBridge.startJar(home, FreePort.find());
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
        PackagedBridge bridge = PackagedBridge.startJar(home, FreePort.find());
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
        try (PackagedBridge bridge = PackagedBridge.startJar(home, FreePort.find())) {
            await().atMost(180, TimeUnit.SECONDS).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).ignoreExceptions().until(() -> {
                answers.add(bridge.post("/infobip/delivery-reports/sandbox", "{\"results\": []}").statusCode());
                return answers.contains(200);
            });
        }
        assertThat(answers).isSubsetOf(503, 200);
    }
}

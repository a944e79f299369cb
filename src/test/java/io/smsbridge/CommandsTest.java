package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands that call nobody: help, version, check, map, completion. That send-test works is for the packaged jar to show. */
@Tag("quick")
class CommandsTest {

    private static final String ACCOUNT = """
            account.main.baseUrl=https://x1y2z3.api.infobip.com
            account.main.apiKey=k
            sms.default-account=main
            """;

    @TempDir
    Path home;

    /** What a command ended with and printed; standard error comes behind standard output. */
    private record Outcome(int exitCode, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    private Outcome run(String... arguments) {
        return runOn("", arguments);
    }

    private Outcome runOn(String input, String... arguments) {
        InputStream in = System.in;
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
            int exitCode = Commands.execute(home, arguments);
            return new Outcome(exitCode, printed.toString(StandardCharsets.UTF_8), told.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
        }
    }

    private void settings(String lines) throws Exception {
        Files.writeString(home.resolve("application.properties"), lines);
    }

    private void file(String name, String text) throws Exception {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void helpNamesEveryCommandAndEachHasHelpOfItsOwn() {
        Outcome help = run("--help");
        assertThat(help.exitCode()).isZero();
        List<String> commands = help.lines().stream().dropWhile(line -> !line.equals("Commands:")).filter(line -> line.matches("  [a-z].*"))
                .map(line -> line.strip().split(" ")[0]).toList();
        assertThat(commands).contains("check", "map", "send-test", "caller", "backup", "completion", "unpack", "help");
        for (String command : commands) {
            assertThat(run(command, "--help")).as(command).satisfies(one -> {
                assertThat(one.exitCode()).isZero();
                assertThat(one.out()).contains("Usage: java -jar infobip-sms-bridge.jar " + command);
                assertThat(one.err()).isEmpty();
            });
        }
    }

    @Test
    void versionIsOneLine() {
        assertThat(run("--version").lines()).hasSize(1).first().asString().startsWith("Infobip SMS Bridge ");
    }

    @Test
    void aMistypedCommandOrOptionIsAnsweredWithWhatThereIs() {
        assertThat(run("chekc")).satisfies(one -> {
            assertThat(one.exitCode()).isEqualTo(2);
            assertThat(one.err()).startsWith("Unknown command 'chekc'").contains("check");
        });
        assertThat(run("map", "--frobnicate")).satisfies(one -> {
            assertThat(one.exitCode()).isEqualTo(2);
            assertThat(one.err()).startsWith("Unknown option: '--frobnicate'").contains("Usage: java -jar infobip-sms-bridge.jar map");
        });
    }

    @Test
    void completionIsAScriptThatBashTakesAndCompletesBy() throws Exception {
        Outcome completion = run("completion");
        assertThat(completion.exitCode()).isZero();
        Path script = home.resolve("completion.sh");
        Files.writeString(script, completion.out() + """
                COMP_WORDS=(bridge.sh send)
                COMP_CWORD=1
                COMP_LINE="bridge.sh send"
                $(complete -p bridge.sh | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
                echo "completed: ${COMPREPLY[*]}"
                """);
        Process bash = new ProcessBuilder("bash", script.toString()).redirectErrorStream(true).start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(output).isZero();
        assertThat(output).contains("completed: send-test");
    }

    @Test
    void checkOfAnEmptyDirectoryFindsTheSandboxInOrder() {
        Outcome check = run("check");
        assertThat(check.exitCode()).as(check.toString()).isZero();
        assertThat(check.out()).contains("Settings, maps and routes are in order: 1 accounts, 2 downstreams").containsPattern("\\d{2} routes");
        assertThat(home).isEmptyDirectory();
    }

    /** A start would end with the first kind of them; here each is named at once. */
    @Test
    void checkPrintsProblemsOfEveryKindAtOnce() throws Exception {
        settings(ACCOUNT + """
                http.port=eighty
                account.main.region=india
                downstream.crm.url=nonesuch:topic
                downstream.files.url=file:out?frobnicate=s3cret
                """);
        file("routes/maps/broken.jslt", "{\"a\": .b\n \"c\": 1}");
        file("routes/mine.yaml", "- route:\n    id: mine\n    from:\n      uri: timer:mine\n      stepps: []\n");
        file("routes/gone.yaml", "# infobip-sms-bridge routes 0\n");
        Outcome check = run("check");
        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.out())
                .contains("http.port: ")
                .contains("account.main.principalEntityId: missing")
                .contains("downstream.crm.url: there is no Camel component 'nonesuch'; put its jars into lib/")
                .contains("downstream.files.url: 'file:out' can't be used: there is no option frobnicate")
                .contains("routes/maps/broken.jslt: does not parse: ").containsPattern("routes/maps/broken.jslt: .*2")
                .containsPattern("routes/mine.yaml: .*stepps.*line 5")
                .contains("routes/gone.yaml: belongs to version 0")
                .endsWith("7 problems\n")
                .doesNotContain("s3cret");
        assertThat(check.err()).isEmpty();
        assertThat(home.resolve("data")).doesNotExist();
    }

    /** What is seen only when a route is made: a second one is not hidden behind the first. */
    @Test
    void checkFindsEachRouteThatCannotBeMade() throws Exception {
        settings(ACCOUNT);
        String route = "- route:\n    id: %1$s\n    from:\n      uri: timer:%1$s\n      steps:\n        - to: { id: to-%1$s, uri: \"nonesuch-%1$s:there\" }\n";
        file("routes/mine.yaml", route.formatted("one") + route.formatted("two"));
        Outcome check = run("check");
        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.out()).containsPattern("route one: .*nonesuch-one").containsPattern("route two: .*nonesuch-two").endsWith("2 problems\n");
    }

    @Test
    void checkNamesAJarThatIsNone() throws Exception {
        settings(ACCOUNT);
        file("lib/camel-kafka.jar", "<html>Not found</html>");
        Outcome check = run("check");
        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.out() + check.err()).contains("lib/camel-kafka.jar: is no jar").contains("copy it again, or take it out").doesNotContain("\tat ");
    }

    static List<String> maps() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("routes/maps"))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".jslt")).map(name -> name.replace(".jslt", "")).sorted().toList();
        }
    }

    @Test
    void mapWithoutANameListsTheMaps() throws Exception {
        file("routes/maps/mine.jslt", ".");
        assertThat(run("map").lines()).containsAll(maps()).contains("mine");
    }

    /** A sample that shows nothing would help nobody who edits the map. */
    @ParameterizedTest
    @MethodSource("maps")
    void everyMapHasASampleThatItMakesSomethingOf(String name) throws Exception {
        Outcome map = run("map", name);
        assertThat(map.exitCode()).as(map.toString()).isZero();
        JsonNode output = TestBridge.JSON.readTree(map.out());
        assertThat(output.isContainerNode() && !output.isEmpty()).as(map.out()).isTrue();
    }

    @Test
    void mapShowsWhatAnEditDoes() throws Exception {
        file("routes/maps/mine.jslt", "{\"who\": .to, \"at\": $headers.receivedAt}");
        file("event.json", "{\"to\": \"447700900123\"}");
        assertThat(run("map", "mine", home.resolve("event.json").toString()).out()).contains("\"who\" : \"447700900123\"");
        assertThat(runOn("{\"headers\": {\"receivedAt\": \"now\"}, \"input\": {\"to\": \"1\"}}", "map", "mine", "-").out()).contains("\"at\" : \"now\"");
        assertThat(run("map", "mine")).satisfies(one -> {
            assertThat(one.exitCode()).isEqualTo(2);
            assertThat(one.err()).contains("there is no routes/maps/samples/mine.json; give a FILE, or - for standard input");
        });
        file("routes/maps/samples/mine.json", "{\"input\": {\"to\": \"2\"}}");
        assertThat(run("map", "mine").out()).contains("\"who\" : \"2\"");
    }

    @Test
    void mapNamesLineAndColumnOfWhatIsWrong() throws Exception {
        file("routes/maps/mine.jslt", "{\"a\": .b,\n \"c\" 1}");
        assertThat(runOn("{}", "map", "mine", "-")).satisfies(one -> {
            assertThat(one.exitCode()).isEqualTo(2);
            assertThat(one.err()).containsPattern("routes/maps/mine.jslt: does not parse: .*line 2, column \\d+");
        });
        file("routes/maps/mine.jslt", "number(.a)");
        assertThat(runOn("{\"a\": \"x\"}", "map", "mine", "-")).satisfies(one -> {
            assertThat(one.exitCode()).isEqualTo(1);
            assertThat(one.err()).contains("the map mine.jslt fails: ");
        });
        assertThat(runOn("{\"a\": \n x}", "map", "mine", "-")).satisfies(one -> {
            assertThat(one.exitCode()).isEqualTo(2);
            assertThat(one.err()).containsPattern("standard input: is not JSON: .* at line 2, column \\d");
        });
        assertThat(run("map", "nonesuch").err()).contains("there is no map 'nonesuch'; there are ", "clevertap");
    }

    @Test
    void backupCopiesTheLedgerOnceAndForItsOwner() throws Exception {
        settings(ACCOUNT + "ledger.url=\n");
        Path copy = home.resolve("copies/ledger.db");
        assertThat(run("backup", copy.toString())).satisfies(one -> {
            assertThat(one.exitCode()).isEqualTo(2);
            assertThat(one.err()).contains("there is no ledger " + home.resolve("data/ledger.db"));
        });
        assertThat(home.resolve("data")).doesNotExist();

        assertThat(run("caller", "add", "crm").exitCode()).isZero();
        assertThat(run("backup", copy.toString())).satisfies(one -> {
            assertThat(one.exitCode()).as(one.toString()).isZero();
            assertThat(one.out()).matches("Copied the ledger to " + copy + ": 0 messages, 0 recipients and events that wait, 0\\.\\d MB\n");
        });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy))).isEqualTo("rw-------");
        assertThat(copy.resolveSibling("ledger.db.part")).doesNotExist();
        assertThat(run("backup", copy.toString())).satisfies(one -> {
            assertThat(one.exitCode()).isEqualTo(2);
            assertThat(one.err()).contains(copy + " is there already");
        });
        assertThat(run("backup", "/proc/ledger.db")).satisfies(one -> {
            assertThat(one.exitCode()).isEqualTo(1);
            assertThat(one.err()).startsWith("not copied to /proc/ledger.db: no file can be made in /proc");
        });

        Files.delete(home.resolve("data/ledger.db"));
        Files.copy(copy, home.resolve("data/ledger.db"));
        assertThat(run("caller", "list").out()).contains("crm");

        settings(ACCOUNT + "ledger.url=jdbc:postgresql://localhost:1/bridge\n");
        assertThat(run("backup", home.resolve("other.db").toString())).satisfies(one -> {
            assertThat(one.exitCode()).isEqualTo(2);
            assertThat(one.err()).contains("pg_dump");
        });
    }
}

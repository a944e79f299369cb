package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of README.md and of pages in docs, run as they are printed there, in their order, by a shell. Only the ports are others. */
class ReadmeIT {

    /** What begins a command, in a block of its own or between back quotes. */
    private static final String COMMAND = "(?:mvn|java|curl|docker|ssh|console|sleep|read) .*|console\\(\\) .*|[A-Z_]+=\\$.*";

    /** In the order in which somebody new reads them. */
    private static final List<String> PAGES = List.of("README.md", "docs/sandbox.md", "docs/http-api.md", "docs/connect-clevertap.md", "docs/operate.md",
            "docs/connect-infobip.md", "docs/command-line.md", "docs/several-instances.md", "docs/how-it-works.md", "docs/dependencies.md");
    private static final String BUILD = "mvn -q -DskipTests package";
    private static final String FIRST = "java -jar target/infobip-sms-bridge.jar";
    private static final String JAR = "java -jar infobip-sms-bridge.jar";

    /** A part of each command that is not run here, and why. */
    private static final Map<String, String> NOT_RUN = Map.of(
            BUILD, "has been run, as the jar is there",
            "mvn test", "are among the tests that this one is one of",
            "mvn verify", "is what runs this test",
            "mvn -Pfaults verify", "takes many minutes; it is a build of its own",
            "mvn -Pbench verify", "takes a quarter of an hour; it is a build of its own",
            "mvn -Dcamel.version=", "builds with another release of Camel, which not every repository has",
            "docker compose", "needs Docker and an image to pull; DeployTest reads the recipe",
            "ssh -L", "needs a second machine");

    /** A part of a command, and what it prints; any other prints something, and no error. */
    private static final Map<String, String> PRINTS = new LinkedHashMap<>();

    static {
        PRINTS.put("messageId=my-id-1", "\"accepted\":1");
        PRINTS.put("\"messageId\": \"my-id-2\"", "\"status\":\"partial\",\"accepted\":1");
        PRINTS.put("curl -s http://localhost:8080/sandbox/downstream", "my-id-2");
        PRINTS.put("\"messageId\": \"sandbox-1\"", "\"accepted\":1");
        PRINTS.put("\"messageId\": \"sandbox-3\"", "\"status\":\"partial\",\"accepted\":2");
        PRINTS.put("\"messageId\": \"sandbox-4\"", "\"accepted\":1");
        PRINTS.put("sleep 4; curl -s http://localhost:8080/sandbox/downstream", "(?s).*\"replied\".*sandbox-4.*");
        PRINTS.put("/sms/messages/sandbox-4", "\"clicked\"");
        // The page shows that the same request a second time sends nothing.
        PRINTS.put("\"messageId\": \"api-1\"", "\"accepted\":1|\"duplicate\":true");
        PRINTS.put("\"messageId\": \"api-2\"", "\"status\":\"partial\",\"accepted\":1");
        PRINTS.put("messageId=api-3", "\"accepted\":1");
        PRINTS.put("messageId=api-4", "\"accepted\":1|\"duplicate\":true");
        PRINTS.put("/sms/messages/api-1", "\"state\"\\s*:\\s*\"delivered\"");
        PRINTS.put("\"mid\": \"ct-1\"", "\"accepted\":2");
        PRINTS.put("'\"meta\" : \"ct-'", "(?s)(?=.*\"ct-1\".*Message delivered)(?=.*\"ct-2\".*\"910\")");
        PRINTS.put("/sms/messages/my-id-1", "\"state\"\\s*:\\s*\"delivered\"");
        PRINTS.put("grep -o 'http://localhost:8080/s/", "302");
        PRINTS.put("sms/3/reports", "DELIVERED_TO_HANDSET");
        PRINTS.put("sms/1/inbox/reports", "\"YES\"");
        PRINTS.put("/observe/metrics", "smsbridge_ledger_up 1");
        PRINTS.put("/observe/health", "\"UP\"");
        PRINTS.put("type=accounts,name=sandbox", "\"BaseUrl\"");
        PRINTS.put("type=downstreams,name=*", "name=crm");
        PRINTS.put("console /dead-letters/counts", "webhooks.delivery-reports");
        PRINTS.put("console \"/dead-letters/$ID\"", "\"payload\"");
        PRINTS.put("$ID/replay", "\"replayed\" : 1");
        PRINTS.put("downstream=crm&reason=", "\"replayed\" : 0");
        // It has been replayed by the commands before.
        PRINTS.put("console \"/dead-letters/$ID\" -X DELETE", "\"discarded\"|no dead letter has the id");
        PRINTS.put("account=marketing&olderThan=2d", "\"discarded\" : 0");
        PRINTS.put("setLevel", "org.apache.camel logs DEBUG");
    }

    @TempDir
    Path home;

    private final Map<String, String> environment = new LinkedHashMap<>();
    private final int port = FreePort.find();
    private final int managementPort = FreePort.find();

    @Test
    void theCommandsOfTheSandboxWork() throws Throwable {
        List<String> commands = commands();
        assertThat(commands).startsWith(BUILD, FIRST);
        assertThat(NOT_RUN.keySet()).allSatisfy(part -> assertThat(commands).anyMatch(command -> command.contains(part)));
        assertThat(PRINTS.keySet()).allSatisfy(part -> assertThat(commands).anyMatch(command -> command.contains(part)));
        copy("target/infobip-sms-bridge.jar");

        Path log = home.resolve("output.txt");
        Process bridge = start(FIRST, log);
        try {
            await().atMost(180, TimeUnit.SECONDS).until(() -> PackagedBridge.read(log).contains("{\"event\":\"replied"));
            Matcher password = Pattern.compile("CONSOLE: .* with the password (\\S+)").matcher(PackagedBridge.read(log));
            assertThat(password.find()).isTrue();
            // For the commands about dead letters, one.
            shell(List.of(), "curl -s http://localhost:8080/infobip/delivery-reports/sandbox -H 'Content-Type: application/json' -d 'no JSON'", "");

            // Some commands use what their page explains below them.
            List<String> before = new ArrayList<>(commands.stream().filter(command -> command.matches("read .*|console\\(\\) .*")).toList());
            for (String command : commands) {
                if (command.equals(FIRST) || command.startsWith(JAR) || before.contains(command) || NOT_RUN.keySet().stream().anyMatch(command::contains)) {
                    continue;
                }
                if (command.startsWith("ID=")) {
                    await().untilAsserted(() -> {
                        String value = shell(before, command + "; echo \"$ID\"", password.group(1)).strip();
                        assertThat(value).isNotEmpty();
                        before.add("ID='" + value + "'");
                    });
                } else {
                    run(before, command, password.group(1));
                }
            }
        } finally {
            bridge.destroy();
            assertThat(bridge.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** What only looks is repeated until it has come; what changes something has to do so at once. */
    private void run(List<String> before, String command, String password) throws Throwable {
        String prints = PRINTS.entrySet().stream().filter(entry -> command.contains(entry.getKey())).map(Map.Entry::getValue)
                .reduce((first, last) -> last).orElse(command.matches("sleep [0-9]+") ? "" : "\\S");
        ThrowingRunnable run = () -> {
            String output = shell(before, command, password);
            assertThat(output).as(command).containsPattern(prints);
            if (!prints.contains("no dead letter")) {
                assertThat(output).as(command).doesNotContainPattern("\"status\"\\s*:\\s*\"error\"|\"error_type\"|Not Found|^HTTP/1.1 [45]");
            }
        };
        if (command.matches(".* -[dXF] .*")) {
            run.run();
        } else {
            await().untilAsserted(run);
        }
    }

    @Test
    void aRealAccountIsThreeEdits() throws Exception {
        String section = section("From the sandbox to a real account");
        List<String> commands = Stream.concat(commands(section).stream(), commands().stream()).filter(command -> command.startsWith(JAR)).distinct().toList();
        String sendTest = JAR + " send-test --account marketing --to +447700900123";
        assertThat(commands).startsWith(sendTest, JAR).contains(JAR + " --help", JAR + " --version", JAR + " check");
        copy("infobip-sms-bridge.jar");
        try (ScriptedInfobip infobip = new ScriptedInfobip()) {
            environment.put("INFOBIP_API_KEY", "a-key");
            environment.put("SMS_API_KEY", "caller-key");
            environment.put("WEBHOOKS_TOKEN", "t0ken");
            // In place of xxxxx.api.infobip.com.
            environment.put("ACCOUNT_MARKETING_BASEURL", infobip.url());

            List<Edit> edits = edits(section);
            assertThat(edits).hasSize(3);
            edits.get(0).make(home.resolve("application.properties"));
            assertThat(shell(List.of(), sendTest + "; echo \"exit code $?\"", "")).contains("Infobip accepted it (account marketing)", "exit code 0");

            edits.get(1).make(home.resolve("application.properties"));
            edits.get(2).make(home.resolve("application.properties"));
            for (String command : commands) {
                if (!command.equals(JAR)) {
                    assertThat(shell(List.of(), command + "; echo \"exit code $?\"", "")).as(command).endsWith("exit code 0\n");
                }
            }
            assertThat(shell(List.of(), JAR + " --version", "")).containsPattern("(?m)^Infobip SMS Bridge \\d+\\.\\d+\\.\\S+$");

            Path log = home.resolve("output.txt");
            Process bridge = start(JAR, log);
            try {
                String send = "curl -s http://localhost:8080/sms/send -H 'X-API-Key: caller-key' -H 'Content-Type: application/json'"
                        + " -d '{\"to\": \"+447700900124\", \"text\": \"Hello\"}'";
                await().atMost(180, TimeUnit.SECONDS).untilAsserted(() ->
                        assertThat(shell(List.of(), send, "")).as(PackagedBridge.read(log)).contains("\"accepted\":1"));
                await().untilAsserted(() -> assertThat(infobip.calls()).anySatisfy(call -> assertThat(call.toString())
                        .contains("447700900124", "MyBrand", "https://sms.example.com/infobip/delivery-reports/marketing/t0ken")));
                assertThat(infobip.server.getAllServeEvents()).allSatisfy(call ->
                        assertThat(call.getRequest().getHeader("Authorization")).isEqualTo("App a-key"));
                assertThat(PackagedBridge.read(log)).doesNotContain("WARN", "SANDBOX");
            } finally {
                bridge.destroy();
                assertThat(bridge.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void anUnknownCommandIsAnsweredWithTheListOfThem() throws Exception {
        copy("infobip-sms-bridge.jar");
        assertThat(shell(List.of(), JAR + " start; echo \"exit code $?\"", ""))
                .contains("Unknown command 'start'", "send-test", "--help", "--version").endsWith("exit code 2\n");
        assertThat(home.resolve("data")).doesNotExist();
    }

    /** Lines of the settings that are replaced by others. */
    private record Edit(List<String> beginnings, int count, List<String> lines) {

        void make(Path settings) throws IOException {
            List<String> result = new ArrayList<>();
            int replaced = 0;
            for (String line : Files.readAllLines(settings)) {
                if (beginnings.stream().noneMatch(line::startsWith)) {
                    result.add(line);
                } else if (replaced++ == 0) {
                    result.addAll(lines);
                }
            }
            assertThat(replaced).as("lines that begin with %s", beginnings).isEqualTo(count);
            Files.write(settings, result);
        }
    }

    /** The numbered steps "Replace the NUMBER lines that begin with `X` [and `Y`] by ...", each with a block. */
    private static List<Edit> edits(String section) {
        List<String> numbers = List.of("one", "two", "three", "four", "five", "six", "seven");
        Matcher step = Pattern.compile("(?ms)^\\d\\. Replace the (\\w+) lines that begin with `([^`]+)`(?: and `([^`]+)`)?.*?```\n(.*?)```").matcher(section);
        List<Edit> edits = new ArrayList<>();
        while (step.find()) {
            edits.add(new Edit(Stream.of(step.group(2), step.group(3)).filter(beginning -> beginning != null).toList(),
                    numbers.indexOf(step.group(1)) + 1, step.group(4).lines().map(String::strip).filter(line -> !line.isEmpty()).toList()));
        }
        return edits;
    }

    private static String section(String title) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int from = readme.indexOf("\n## " + title + "\n");
        return readme.substring(from, readme.indexOf("\n## ", from + 1));
    }

    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        for (String page : PAGES) {
            commands.addAll(commands(Files.readString(Path.of(page))));
        }
        return commands;
    }

    /** All commands in their order: lines of blocks, and what stands between back quotes. */
    private static List<String> commands(String text) {
        List<String> commands = new ArrayList<>();
        boolean block = false;
        // A backslash at its end joins a line to the next.
        for (String line : text.replaceAll("\\s*\\\\\n\\s*", " ").split("\n")) {
            if (line.strip().startsWith("```")) {
                block = !block;
            } else if (block && line.strip().matches(COMMAND)) {
                commands.add(line.strip());
            } else if (!block) {
                Pattern.compile("`([^`]+)`").matcher(line).results().map(code -> code.group(1)).filter(code -> code.matches(COMMAND)).forEach(commands::add);
            }
        }
        return commands;
    }

    /** The files that the pages have a user start with: the settings and the routes as they are shipped, and the jar. */
    private void copy(String jar) throws IOException {
        Files.copy(Path.of("application.properties"), home.resolve("application.properties"));
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, home.resolve(file.toString()));
            }
        }
        Files.createDirectories(home.resolve(jar).getParent());
        Files.copy(Path.of(System.getProperty("bridge.jar")), home.resolve(jar));
    }

    private ProcessBuilder bash(String script) {
        ProcessBuilder bash = new ProcessBuilder("bash", "-c", script.replace("localhost:8080", "localhost:" + port)
                .replace("127.0.0.1:8081", "127.0.0.1:" + managementPort)).directory(home.toFile()).redirectErrorStream(true);
        DocsPage.prepare(bash, environment);
        bash.environment().put("HTTP_PORT", String.valueOf(port));
        bash.environment().put("MANAGEMENT_PORT", String.valueOf(managementPort));
        return bash;
    }

    private Process start(String command, Path log) throws IOException {
        return bash("exec " + command).redirectOutput(log.toFile()).start();
    }

    /** What a command prints, run after those lines before it, with the password typed in. */
    private String shell(List<String> before, String command, String typed) throws IOException, InterruptedException {
        Path output = Files.createTempFile(home, "command", ".txt");
        Path input = Files.writeString(Files.createTempFile(home, "typed", ".txt"), typed + "\n");
        Process process = bash(String.join("\n", Stream.concat(before.stream(), Stream.of(command)).toList()))
                .redirectInput(input.toFile()).redirectOutput(output.toFile()).start();
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running: " + command);
        }
        assertThat(process.exitValue()).as("exit code of " + command + ": " + Files.readString(output)).isZero();
        return Files.readString(output);
    }
}

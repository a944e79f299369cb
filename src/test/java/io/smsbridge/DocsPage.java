package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

/**
 * A page of docs that tells what to do, done as it is printed, from its beginning to its end or a part at a time. What it has done with files or by a shell
 * stands in blocks:
 * <ul>
 * <li>{@code sh}: lines for a shell. A block {@code text} behind it holds lines that are among what they print.
 * <li>"Put this into\\s+`FILE`:", "Add this to\\s+`FILE`:" and "In `FILE`, replace this", each before a block; the last has another one behind it, after "by this".
 * </ul>
 */
final class DocsPage {

    private static final Pattern BLOCK = Pattern.compile("(?m)^( *)```(\\w*)\\n((?s:.*?))^ *```$");
    private static final Pattern PUT = Pattern.compile("Put this into\\s+`([^`]+)`:\\s*$");
    private static final Pattern ADD = Pattern.compile("Add this to\\s+`([^`]+)`:\\s*$");
    private static final Pattern REPLACE = Pattern.compile("In\\s+`([^`]+)`,\\s+replace this[^`]*:\\s*$");
    private static final Pattern BY = Pattern.compile("by this:\\s*$");

    private final Path home;
    private final Map<String, String> environment;
    private final List<Step> steps = new ArrayList<>();
    private int next;

    /** What is done to a file, or run; the lines it has to print. */
    private record Step(String kind, String file, String text, List<String> prints) {
    }

    /**
     * @param section     what stands below this heading alone; empty: the whole page
     * @param home        where it is done
     * @param environment of the commands
     */
    DocsPage(String page, String section, Path home, Map<String, String> environment) throws IOException {
        this.home = home;
        this.environment = environment;
        String text = Files.readString(Path.of("docs", page));
        if (!section.isEmpty()) {
            text = text.substring(text.indexOf("\n## " + section + "\n") + 1);
            text = text.substring(0, text.indexOf("\n## ", 1) < 0 ? text.length() : text.indexOf("\n## ", 1));
        }
        Matcher block = BLOCK.matcher(text);
        int end = 0;
        while (block.find()) {
            // A block within a list is indented.
            read(text.substring(end, block.start()), block.group(2), block.group(3).replaceAll("(?m)^" + block.group(1), ""));
            end = block.end();
        }
        assertThat(steps).isNotEmpty();
    }

    private void read(String before, String language, String block) {
        Matcher put = PUT.matcher(before);
        Matcher add = ADD.matcher(before);
        Matcher replace = REPLACE.matcher(before);
        if (language.equals("sh")) {
            steps.add(new Step("run", null, block, new ArrayList<>()));
        } else if (put.find()) {
            steps.add(new Step("put", put.group(1), block, List.of()));
        } else if (add.find()) {
            steps.add(new Step("add", add.group(1), block, List.of()));
        } else if (replace.find()) {
            steps.add(new Step("find", replace.group(1), block, List.of()));
        } else if (BY.matcher(before).find()) {
            Step found = steps.remove(steps.size() - 1);
            assertThat(found.kind()).as("what is replaced by " + block).isEqualTo("find");
            steps.add(new Step("replace", found.file(), found.text() + "\0" + block, List.of()));
        } else {
            assertThat(language).as("no sentence before this block says what it is for: " + block).isEqualTo("text");
            block.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(steps.get(steps.size() - 1).prints()::add);
        }
    }

    /** Does what stands before the next command with this in it. */
    void doUntil(String part) throws Exception {
        while (!steps.get(next).text().contains(part)) {
            doNext();
        }
    }

    /** Passes over a command, for whoever runs it in another way. */
    void pass(String command) {
        assertThat(steps.get(next).text().strip()).isEqualTo(command);
        next++;
    }

    /** The next commands without their last line, for whoever runs that in another way. */
    void passLast(String command) {
        Step step = steps.get(next);
        assertThat(step.text()).endsWith(command + "\n");
        steps.set(next, new Step(step.kind(), step.file(), step.text().substring(0, step.text().length() - command.length() - 1), step.prints()));
    }

    /** What is left of the page. */
    void doRest() throws Exception {
        while (next < steps.size()) {
            doNext();
        }
    }

    private void doNext() throws Exception {
        Step step = steps.get(next++);
        if (step.kind().equals("run")) {
            run(step);
            return;
        }
        Path file = home.resolve(step.file());
        String before = Files.exists(file) ? Files.readString(file) : "";
        Files.createDirectories(file.getParent());
        switch (step.kind()) {
            case "put" -> Files.writeString(file, step.text());
            case "add" -> Files.writeString(file, before + (before.isEmpty() || before.endsWith("\n") ? "" : "\n") + step.text());
            case "replace" -> {
                String[] texts = step.text().split("\0");
                assertThat(before.split(Pattern.quote(texts[0]), -1)).as("%s, of which there is one in %s", texts[0], file).hasSize(2);
                Files.writeString(file, before.replace(texts[0], texts[1]));
            }
            default -> throw new AssertionError(step);
        }
    }

    /** Commands that only look are repeated until what they are to show has come. */
    private void run(Step step) throws Exception {
        boolean looks = step.text().lines().allMatch(line -> line.matches("curl -s \\S+|cat .*"));
        if (looks && !step.prints().isEmpty()) {
            Awaitility.await().untilAsserted(() -> assertPrints(step));
        } else {
            assertPrints(step);
        }
    }

    private void assertPrints(Step step) throws IOException, InterruptedException {
        String output = shell(step.text());
        assertThat(output.lines().map(String::strip)).as(step.text() + output).satisfies(lines ->
                assertThat(step.prints()).allSatisfy(line -> assertThat(lines).anyMatch(containing(line))));
    }

    private static Predicate<String> containing(String line) {
        return printed -> printed.contains(line);
    }

    /** What commands print; the last one has to end well. */
    private String shell(String script) throws IOException, InterruptedException {
        Path output = Files.createTempFile("docs", ".txt");
        try {
            ProcessBuilder bash = new ProcessBuilder("bash", "-euo", "pipefail", "-c", ports(script)).directory(home.toFile()).redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            prepare(bash, environment);
            Process process = bash.start();
            if (!process.waitFor(180, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running: " + script);
            }
            assertThat(process.exitValue()).as(script + Files.readString(output)).isZero();
            return Files.readString(output);
        } finally {
            Files.delete(output);
        }
    }

    /** Commands find the Java of this build, and quickly. */
    static void prepare(ProcessBuilder bash, Map<String, String> environment) {
        bash.environment().put("JAVA_TOOL_OPTIONS", String.join(" ", PackagedBridge.QUICK));
        bash.environment().putAll(environment);
        bash.environment().put("PATH", Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
    }

    /** Only the ports are others than those printed. */
    private String ports(String script) {
        return script.replace("localhost:8080", "localhost:" + environment.getOrDefault("HTTP_PORT", "8080"));
    }
}

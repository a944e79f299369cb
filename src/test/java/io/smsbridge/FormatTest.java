package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** White space as .editorconfig states it, and imports in one order, so that a change shows nothing but the change. */
@Tag("quick")
class FormatTest {

    private static final Pattern TEXT = Pattern.compile(".*\\.(java|jslt|json|md|properties|sql|xml|yaml|yml)");
    /** In this order, each behind a blank line. */
    private static final List<String> GROUPS = List.of("import static ", "import java.", "import javax.", "import ");

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String root : List.of("src", "routes", "docs", ".github")) {
            try (Stream<Path> below = Files.walk(Path.of(root))) {
                below.filter(file -> TEXT.matcher(file.toString()).matches()).forEach(files::add);
            }
        }
        try (Stream<Path> here = Files.list(Path.of(""))) {
            here.filter(file -> Files.isRegularFile(file) && TEXT.matcher(file.toString()).matches()).forEach(files::add);
        }
        assertThat(files).hasSizeGreaterThan(300);
        return files;
    }

    @Test
    void whiteSpaceIsAsTheEditorConfigSays() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : files()) {
            String text = Files.readString(file);
            if (!text.isEmpty() && !text.endsWith("\n")) {
                wrong.add(file + ": its last line has no end");
            }
            String[] lines = text.split("\n");
            for (int i = 0; i < lines.length; i++) {
                // Two blanks at a line's end are a line break in Markdown.
                if (lines[i].indexOf('\t') >= 0 || lines[i].indexOf('\r') >= 0 || lines[i].endsWith(" ") && !file.toString().endsWith(".md")) {
                    wrong.add(file + ":" + (i + 1) + ": a tab, a carriage return, or a blank at the end");
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void importsAreInOrderAndUsed() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : files().stream().filter(file -> file.toString().endsWith(".java")).toList()) {
            List<String> lines = Files.readAllLines(file);
            List<String> imports = lines.stream().filter(line -> line.startsWith("import ")).toList();
            List<String> ordered = new ArrayList<>();
            for (String group : GROUPS) {
                List<String> members = imports.stream().filter(line -> GROUPS.stream().filter(line::startsWith).findFirst().orElseThrow().equals(group))
                        .map(line -> line.replace(";", "")).sorted().map(line -> line + ";").toList();
                if (!ordered.isEmpty() && !members.isEmpty()) {
                    ordered.add("");
                }
                ordered.addAll(members);
            }
            if (!imports.isEmpty()) {
                int first = lines.indexOf(imports.get(0));
                if (!lines.subList(first, Math.min(lines.size(), first + ordered.size())).equals(ordered)) {
                    wrong.add(file + ": its imports have to be\n" + String.join("\n", ordered));
                }
            }
            String code = String.join("\n", lines.stream().filter(line -> !line.startsWith("import ")).toList());
            for (String one : imports) {
                String name = one.substring(one.lastIndexOf('.') + 1, one.length() - 1);
                if (!Pattern.compile("\\b" + Pattern.quote(name) + "\\b").matcher(code).find()) {
                    wrong.add(file + ": nothing uses " + one);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }
}

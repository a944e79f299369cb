package io.smsbridge.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** docs/settings.md says what is declared, and all of it. */
class SettingsPageTest {

    private static final Path PAGE = Path.of("docs/settings.md");
    private static final Pattern ENTRY = Pattern.compile("(?m)^- \\*\\*`([\\w.-]+)`\\*\\*, ");

    @Test
    void thePageIsWhatTheDeclarationsSay() throws Exception {
        Path made = Files.createDirectories(Path.of("target")).resolve("settings.md");
        Files.writeString(made, SettingsPage.write());
        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "").as("the page of the settings as they are declared; run: cp %s %s", made, PAGE)
                .isEqualTo(Files.readString(made));
    }

    @Test
    void everySettingHasAnEntry() throws Exception {
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(Path.of("application.properties"))) {
            properties.load(in);
        }
        List<String> declared = new ArrayList<>(properties.stringPropertyNames().stream().filter(key -> !Settings.isBlockKey(key)).toList());
        for (String file : List.of("routes/1-send/send-via-account.yaml", "routes/3-forward/forward-to-downstream.yaml")) {
            for (JsonNode parameter : SettingsPage.template(file).get("parameters")) {
                declared.add(parameter.get("name").asText());
            }
        }
        declared.removeIf("name"::equals);
        assertThat(ENTRY.matcher(SettingsPage.write()).results().map(entry -> entry.group(1))).containsExactlyInAnyOrderElementsOf(declared);
    }

    /** Those of single keys; the page of secrets names them one by one. */
    @Test
    void secretsAreMarkedAsSuch() throws Exception {
        String marked = SettingsPage.write().lines().filter(line -> line.contains("`**, secret, ") && line.matches("- \\*\\*`\\w+\\..*"))
                .map(line -> line.replaceFirst("- \\*\\*(`[^`]+`).*", "$1")).collect(Collectors.joining(" "));
        String named = Files.readString(Path.of("docs/secrets.md")).split("\n## ")[0];
        assertThat(Pattern.compile("`[a-z]+\\.[\\w.]+`").matcher(named).results().map(MatchResult::group))
                .containsExactlyInAnyOrder(marked.split(" "));
    }

    @Test
    void noLineIsTooLongToRead() throws Exception {
        assertThat(SettingsPage.write().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(140));
    }
}

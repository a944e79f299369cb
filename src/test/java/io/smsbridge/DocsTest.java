package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.smsbridge.settings.DownstreamSettings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the pages point at is there, and what is there the pages describe. */
@Tag("quick")
class DocsTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\|");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))`");

    private static List<Path> pages() throws Exception {
        try (Stream<Path> docs = Files.list(Path.of("docs")); Stream<Path> top = Files.list(Path.of("."))) {
            return Stream.concat(docs, top).filter(file -> file.toString().endsWith(".md")).sorted().toList();
        }
    }

    @Test
    void everyLinkToAFileLeadsThere() throws Exception {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                links++;
                if (!link.group(1).matches("[a-z]+:.*")) {
                    Path target = link.group(1).isEmpty() ? page : page.toAbsolutePath().getParent().resolve(link.group(1));
                    if (!Files.exists(target) || link.group(2) != null && !anchors(target).contains(link.group(2))) {
                        broken.add(page + ": " + link.group());
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isPositive();
    }

    /** What GitHub makes of the headings. */
    private static Set<String> anchors(Path page) throws Exception {
        return HEADING.matcher(Files.readString(page)).results().map(heading -> heading.group(1).toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-')).collect(Collectors.toSet());
    }

    @Test
    void everyTestThatIsNamedAsProofIsThere() throws Exception {
        Set<String> tests;
        try (Stream<Path> sources = Files.walk(Path.of("src/test/java"))) {
            tests = sources.map(source -> source.getFileName().toString().replace(".java", "")).collect(Collectors.toSet());
        }
        Set<String> named = TEST.matcher(Files.readString(Path.of("docs/security.md"))).results().map(found -> found.group(1)).collect(Collectors.toSet());
        assertThat(named).hasSizeGreaterThan(15);
        assertThat(tests).containsAll(named);
    }

    /** A page that no other page leads to is read by nobody. */
    @Test
    void everyPageIsFoundFromTheReadme() throws Exception {
        StringBuilder all = new StringBuilder();
        for (Path page : pages()) {
            all.append(Files.readString(page));
        }
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            assertThat(docs.map(page -> page.getFileName().toString()).filter(name -> name.endsWith(".md")))
                    .allSatisfy(name -> assertThat(all).contains(name + ")"));
        }
    }

    /** Every path, spelled as in /openapi.json, but for the account and the token that can follow. */
    @Test
    void everyEndpointIsDescribed() throws Exception {
        String page = Files.readString(Path.of("docs/http-api.md"));
        Set<String> paths = new TreeSet<>();
        TestBridge.JSON.readTree(Files.readString(Path.of("src/main/resources/openapi.json"))).get("paths").fieldNames().forEachRemaining(
                path -> paths.add(path.startsWith("/infobip/") ? path.replaceFirst("/\\{.*", "") : path));
        assertThat(paths).hasSizeGreaterThan(10).allSatisfy(path -> assertThat(page).containsPattern("`(?:[A-Z, `]+ )?" + Pattern.quote(path) + "`"));
    }

    @Test
    void everyFieldOfARequestIsDescribedWithItsSpellings() throws Exception {
        String page = Files.readString(Path.of("docs/http-api.md"));
        TestBridge.JSON.readTree(Files.readString(Path.of("routes/maps/send-fields.json"))).properties().stream()
                .filter(field -> !field.getKey().startsWith("$")).forEach(field -> {
                    assertThat(page).containsPattern("(?m)^\\|[^|]*`" + field.getKey() + "`");
                    field.getValue().forEach(spelling -> assertThat(page).contains("`" + spelling.asText() + "`"));
                });
    }

    @Test
    void everyTypeOfEventIsDescribed() throws Exception {
        String page = Files.readString(Path.of("docs/events.md"));
        String types = page.substring(page.indexOf("\n## Types\n"), page.indexOf("\n## Fields\n"));
        assertThat(ROW.matcher(types).results().map(row -> row.group(1))).containsExactlyInAnyOrderElementsOf(DownstreamSettings.EVENT_TYPES);
    }

    @Test
    void everyAlertIsDescribed() throws Exception {
        String page = Files.readString(Path.of("docs/operate.md"));
        String alerts = page.substring(page.indexOf("\n## Alerts\n"), page.indexOf("\n## Dashboard\n"));
        assertThat(ROW.matcher(alerts).results().map(row -> row.group(1))).containsExactlyInAnyOrderElementsOf(
                ALERT.matcher(Files.readString(Path.of("src/main/prometheus/alerts.yml"))).results().map(alert -> alert.group(1)).toList());
    }

    @Test
    void everyPanelOfTheDashboardIsNamedAndShown() throws Exception {
        String page = Files.readString(Path.of("docs/operate.md"));
        String named = page.substring(page.indexOf("\n## Dashboard\n"), page.indexOf("\n## Health\n"));
        String picture = Files.readString(Path.of("src/main/docs/grafana-dashboard.svg"));
        TestBridge.JSON.readTree(Files.readString(Path.of("src/main/grafana/infobip-sms-bridge.json"))).get("panels").findValuesAsText("title").forEach(title -> {
            assertThat(named).contains(title);
            assertThat(picture).contains(">" + title + "<");
        });
    }
}

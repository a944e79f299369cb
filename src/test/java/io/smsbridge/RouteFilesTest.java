package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.smsbridge.maps.RouteFiles;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files themselves: routes against the YAML DSL's schema, and what is said of settings where they are declared. */
@Tag("quick")
class RouteFilesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final JsonSchema SCHEMA = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
            .getSchema(RouteFilesTest.class.getResourceAsStream("/schema/camelYamlDsl.json"));

    static List<Path> routeFiles() throws Exception {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    private static JsonNode read(Path file) throws Exception {
        return JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file)));
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void keepToTheSchemaOfTheYamlDsl(Path file) throws Exception {
        assertThat(SCHEMA.validate(read(file))).isEmpty();
    }

    @Test
    void everyFileSaysWhichVersionItBelongsTo() throws Exception {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readAllLines(file).stream().limit(2)).as(file.toString()).anySatisfy(line ->
                        assertThat(line).contains("infobip-sms-bridge routes " + RouteFiles.VERSION));
            }
        }
    }

    @Test
    void everyRouteHasAnIdOfItsOwnAndADescription() throws Exception {
        Set<String> ids = new HashSet<>();
        for (Path file : routeFiles()) {
            for (JsonNode part : read(file)) {
                for (String kind : List.of("route", "routeTemplate", "routeConfiguration")) {
                    if (part.has(kind)) {
                        JsonNode route = part.get(kind);
                        assertThat(route.path("id").asText()).as(file + " id").isNotBlank();
                        assertThat(route.path("description").asText()).as(file + " " + route.path("id")).isNotBlank();
                        assertThat(ids.add(route.get("id").asText())).as("id used twice: " + route.get("id")).isTrue();
                    }
                }
            }
        }
        assertThat(ids).hasSizeGreaterThan(15);
    }

    /** Hawtio's diagrams, logs and metrics show a step under its id: one that says what it does, and is not setBody17. */
    @Test
    void everyStepHasAnIdOfItsOwn() throws Exception {
        List<String> wrong = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Path file : routeFiles()) {
            JsonNode routes = read(file);
            Stream<JsonNode> beginnings = Stream.concat(routes.findValues("from").stream(),
                    routes.findValues("onException").stream().flatMap(list -> StreamSupport.stream(list.spliterator(), false)).map(one -> one.get("onException")));
            Stream.concat(steps(routes).flatMap(step -> step.properties().stream().map(Map.Entry::getValue)), beginnings).forEach(step -> {
                String id = step.path("id").asText();
                if (!id.matches("[a-z]+(-[a-z0-9]+)*") || !ids.add(id)) {
                    wrong.add(file + " " + step);
                }
            });
        }
        assertThat(wrong).isEmpty();
        assertThat(ids).hasSizeGreaterThan(100);
    }

    /** All steps below a node, those within other steps, too. */
    private static Stream<JsonNode> steps(JsonNode node) {
        return Stream.concat(StreamSupport.stream(node.path("steps").spliterator(), false),
                StreamSupport.stream(node.spliterator(), false).flatMap(RouteFilesTest::steps));
    }

    @Test
    void everyTemplateParameterIsDescribed() throws Exception {
        for (Path file : routeFiles()) {
            for (JsonNode template : read(file).findValues("routeTemplate")) {
                template.path("parameters").forEach(one ->
                        assertThat(one.path("description").asText()).as(file + " " + one).isNotBlank());
            }
        }
    }

    @Test
    void everySettingIsExplainedWhereItIsSet() throws Exception {
        String previous = "";
        for (String line : Files.readAllLines(Path.of("application.properties"))) {
            if (line.matches("(http|management|console|log|tracing|sms|webhooks|sandbox|data|ledger|optOut|outgoing)\\..*=.*")) {
                assertThat(previous.startsWith("# ") || previous.matches("(ledger)\\..*")).as(line).isTrue();
            }
            previous = line;
        }
    }

    @Test
    void theSettingsOfABlockAreExplainedInThePropertiesAsWhereTheyAreDeclared() throws Exception {
        String comments = Files.readAllLines(Path.of("application.properties")).stream().filter(line -> line.startsWith("#"))
                .map(line -> line.substring(1).strip()).collect(Collectors.joining(" ")).replaceAll(" +", " ");
        for (String file : List.of("routes/1-send/send-via-account.yaml", "routes/3-forward/forward-to-downstream.yaml")) {
            for (JsonNode parameter : read(Path.of(file)).findValue("routeTemplate").get("parameters")) {
                if (!parameter.get("name").asText().equals("name")) {
                    assertThat(comments).contains(parameter.get("name").asText() + " " + parameter.get("description").asText()
                            + (parameter.has("defaultValue") ? " Default: " + parameter.get("defaultValue").asText() + "." : ""));
                }
            }
        }
    }
}

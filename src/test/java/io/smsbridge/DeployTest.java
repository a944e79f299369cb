package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.smsbridge.settings.DefaultSettings;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The recipe for more than one instance. That two bridges share a PostgreSQL is for the harness of faults to show. */
class DeployTest {

    private static final Path DEPLOY = Path.of("src/main/deploy");

    @Test
    void composeGivesTheBridgesSettingsAndFilesThatExist() throws Exception {
        // The merge key of YAML 1.1 stays a key here.
        Map<?, ?> compose;
        try (InputStream in = Files.newInputStream(DEPLOY.resolve("compose.yaml"))) {
            compose = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
        }
        Map<?, ?> services = (Map<?, ?>) compose.get("services");
        Map<?, ?> bridge = (Map<?, ?>) compose.get("x-bridge");
        assertThat(services.values().stream().filter(service -> ((Map<?, ?>) service).get("<<") == bridge)).hasSize(2);

        Set<String> settings = DefaultSettings.load().stringPropertyNames().stream().map(DeployTest::variable).collect(Collectors.toSet());
        assertThat(settings).containsAll(names(bridge.get("environment")));
        assertThat(names(services)).as("whom the bridges wait for").containsAll(names(bridge.get("depends_on")));
        for (Object volume : (List<?>) bridge.get("volumes")) {
            Path file = DEPLOY.resolve(volume.toString().split(":")[0]).normalize();
            assertThat(file.startsWith("target") || Files.exists(file)).as("%s", file).isTrue();
        }
        Map<?, ?> environment = (Map<?, ?>) bridge.get("environment");
        Map<?, ?> database = (Map<?, ?>) ((Map<?, ?>) services.get("database")).get("environment");
        assertThat(environment.get("LEDGER_URL")).isEqualTo("jdbc:postgresql://database:5432/" + database.get("POSTGRES_DB"));
        assertThat(environment.get("LEDGER_USERNAME")).isEqualTo(database.get("POSTGRES_USER"));
        assertThat(environment.get("LEDGER_PASSWORD")).isEqualTo(database.get("POSTGRES_PASSWORD"));
    }

    private static Set<String> names(Object map) {
        return ((Map<?, ?>) map).keySet().stream().map(Object::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String variable(String setting) {
        return setting.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}

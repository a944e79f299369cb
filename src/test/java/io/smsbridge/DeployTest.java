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

import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.deployers.impl.FileConfigurationParser;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The recipe for more than one instance. That its broker.xml works is for the harness of faults to show. */
class DeployTest {

    private static final Path DEPLOY = Path.of("src/main/deploy");

    @Test
    void anExternalBrokerTreatsTheQueuesAsTheEmbeddedOneDoes() throws Exception {
        Configuration external;
        Configuration embedded;
        try (InputStream theirs = Files.newInputStream(DEPLOY.resolve("broker.xml")); InputStream ours = Bridge.class.getResourceAsStream("/broker.xml")) {
            external = new FileConfigurationParser().parseMainConfig(theirs);
            embedded = new FileConfigurationParser().parseMainConfig(ours);
        }
        assertThat(external.getAddressSettings()).isEqualTo(embedded.getAddressSettings());
        assertThat(external.getAddressConfigurations()).hasToString(embedded.getAddressConfigurations().toString());
        assertThat(external.isJournalDatasync()).isTrue();
        assertThat(external.isPersistenceEnabled()).isTrue();
        assertThat(external.isSecurityEnabled()).isTrue();
    }

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

        Set<String> settings = Bridge.defaults().stringPropertyNames().stream().map(DeployTest::variable).collect(Collectors.toSet());
        assertThat(settings).containsAll(names(bridge.get("environment")));
        assertThat(names(services)).as("whom the bridges wait for").containsAll(names(bridge.get("depends_on")));
        for (Object volume : (List<?>) bridge.get("volumes")) {
            Path file = DEPLOY.resolve(volume.toString().split(":")[0]).normalize();
            assertThat(file.startsWith("target") || Files.exists(file)).as("%s", file).isTrue();
        }
        assertThat(Files.exists(DEPLOY.resolve(((List<?>) ((Map<?, ?>) services.get("broker")).get("volumes")).get(0).toString().split(":")[0]))).isTrue();
    }

    private static Set<String> names(Object map) {
        return ((Map<?, ?>) map).keySet().stream().map(Object::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String variable(String setting) {
        return setting.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}

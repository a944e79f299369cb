package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.smsbridge.settings.DefaultSettings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The recipes in src/main/deploy say what the bridge really has: settings, ports, paths, directories. No container and no systemd is started
 * here. What can be run of them, DeployIT runs; the manifests for Kubernetes are KubernetesTest's.
 */
@Tag("quick")
class DeployTest {

    private static final Path DEPLOY = Path.of("src/main/deploy");
    private static final Path DOCKERFILE = DEPLOY.resolve("Dockerfile");
    private static final Path UNIT = DEPLOY.resolve("infobip-sms-bridge.service");

    @TempDir
    Path home;

    @Test
    void composeGivesTheBridgesSettingsAndFilesThatExist() throws Exception {
        // The merge key of YAML 1.1 stays a key here.
        Map<?, ?> compose = documents(DEPLOY.resolve("compose.yaml")).get(0);
        Map<?, ?> services = (Map<?, ?>) compose.get("services");
        Map<?, ?> bridge = (Map<?, ?>) compose.get("x-bridge");
        assertThat(services.values().stream().filter(service -> ((Map<?, ?>) service).get("<<") == bridge)).hasSize(2);

        Set<String> settings = DefaultSettings.load().stringPropertyNames().stream().map(DeployTest::variable).collect(Collectors.toSet());
        assertThat(settings).containsAll(names(bridge.get("environment")));
        assertThat(names(services)).as("whom the bridges wait for").containsAll(names(bridge.get("depends_on")));
        for (Object volume : (List<?>) bridge.get("volumes")) {
            String[] mount = volume.toString().split(":");
            assertThat(DEPLOY.resolve(mount[0])).exists();
            assertThat(mount[1]).startsWith(Dockerfile.value(DOCKERFILE, "WORKDIR") + "/");
        }
        Map<?, ?> environment = (Map<?, ?>) bridge.get("environment");
        Map<?, ?> database = (Map<?, ?>) ((Map<?, ?>) services.get("database")).get("environment");
        assertThat(environment.get("LEDGER_URL")).isEqualTo("jdbc:postgresql://database:5432/" + database.get("POSTGRES_DB"));
        assertThat(environment.get("LEDGER_USERNAME")).isEqualTo(database.get("POSTGRES_USER"));
        assertThat(environment.get("LEDGER_PASSWORD")).isEqualTo(database.get("POSTGRES_PASSWORD"));
    }

    @Test
    void theImageHasTheBridgesPortAndDataDirectoryAndItsBuildGetsWhatItCopies() throws Exception {
        Properties settings = DefaultSettings.load();
        assertThat(Dockerfile.value(DOCKERFILE, "EXPOSE")).isEqualTo(settings.getProperty("http.port"));
        String[] data = Dockerfile.value(DOCKERFILE, "ENV").split("=");
        assertThat(data[0]).isEqualTo(variable("data.directory"));
        assertThat(Dockerfile.value(DOCKERFILE, "VOLUME")).isEqualTo(data[1]);
        assertThat(Dockerfile.value(DOCKERFILE, "USER")).as("no root").matches("[1-9][0-9]*:[1-9][0-9]*");
        assertThat(Dockerfile.value(DOCKERFILE, "ENTRYPOINT")).contains("-Dbridge.home=" + Dockerfile.value(DOCKERFILE, "WORKDIR") + "\"");

        // What .dockerignore leaves out is missing in the build.
        List<String> ignored = Files.readAllLines(DEPLOY.resolve("Dockerfile.dockerignore"));
        for (Dockerfile.Step copy : Dockerfile.read(DOCKERFILE).stream().filter(step -> step.instruction().equals("COPY") && !step.text().startsWith("--from")).toList()) {
            List<String> words = List.of(copy.text().split(" +"));
            for (String source : words.subList(0, words.size() - 1)) {
                assertThat(Path.of(source)).exists();
                assertThat(ignored).as("of which part is %s", source).anyMatch(line -> ("!" + source + "/").startsWith(line + "/"));
            }
        }
    }

    @Test
    void healthIsAskedAtTheBridgesManagementPortWithItsToken() throws Exception {
        assertThat(healthCheck()).hasSize(2).endsWith("ready");
        String script = Files.readString(DEPLOY.resolve("health.sh"));
        Properties settings = DefaultSettings.load();
        for (String setting : List.of("management.port", "management.token")) {
            assertThat(settings).containsKey(setting);
            assertThat(script).contains("${" + variable(setting));
        }
        assertThat(script).contains(":-" + settings.getProperty("management.port") + "}");
        assertThat(settings.getProperty("management.host")).isEqualTo("127.0.0.1");
    }

    @Test
    void theUnitRunsTheStartScriptAndKeepsItsDataInItsStateDirectory() throws Exception {
        Map<String, List<String>> unit = SystemdUnit.read(UNIT);
        assertThat(unit.get("Environment")).contains(variable("data.directory") + "=/var/lib/" + unit.get("StateDirectory").get(0));
        assertThat(Path.of("src/main/scripts", Path.of(unit.get("ExecStart").get(0)).getFileName().toString())).isExecutable();
        assertThat(Integer.parseInt(unit.get("TimeoutStopSec").get(0))).isGreaterThan(Integer.parseInt(DefaultSettings.load().getProperty("camel.main.shutdownTimeout")));
        String docs = Files.readString(Path.of("docs/deploy.md"));
        for (String credential : unit.get("LoadCredential")) {
            assertThat(docs).contains("{{" + credential.split(":")[0] + "}}");
        }
    }

    @Test
    void systemdTakesTheUnit() throws Exception {
        assumeTrue(run("systemd-analyze", "--version").startsWith("0\n"), "systemd-analyze is not installed");
        // What it starts has to be there.
        String unit = Files.readString(UNIT).replace("=/opt/infobip-sms-bridge/", "=" + Path.of("src/main/scripts").toAbsolutePath() + "/");
        Path copy = Files.writeString(home.resolve("infobip-sms-bridge.service"), unit);
        assertThat(run("systemd-analyze", "verify", copy.toString())).isEqualTo("0\n");
        // Exposure from 0 to 100; it fails above 20.
        assertThat(run("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", copy.toString())).startsWith("0\n");
    }

    @Test
    void whatGitHubReadsIsYamlAndTheBuildIsTheOneScript() throws Exception {
        Map<?, ?> jobs = (Map<?, ?>) documents(Path.of(".github/workflows/build.yml")).get(0).get("jobs");
        List<?> steps = (List<?>) ((Map<?, ?>) jobs.get("build")).get("steps");
        assertThat(steps.stream().<Object>map(step -> ((Map<?, ?>) step).get("run"))).contains(".ci/run");
        assertThat(Path.of(".ci/run")).isExecutable();
        List<?> updates = (List<?>) documents(Path.of(".github/dependabot.yml")).get(0).get("updates");
        assertThat(updates.stream().<Object>map(update -> ((Map<?, ?>) update).get("package-ecosystem"))).contains("maven", "docker", "github-actions");
        assertThat(updates).allSatisfy(update -> assertThat(Path.of("." + ((Map<?, ?>) update).get("directory"))).isDirectory());
        try (Stream<Path> forms = Files.list(Path.of(".github/ISSUE_TEMPLATE"))) {
            assertThat(forms).isNotEmpty().allSatisfy(form -> assertThat(documents(form)).hasSize(1));
        }
    }

    /** The words of the image's health check. */
    static List<String> healthCheck() throws IOException {
        return Dockerfile.words(DOCKERFILE, "HEALTHCHECK");
    }

    static List<Map<?, ?>> documents(Path file) throws IOException {
        List<Map<?, ?>> documents = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            new Load(LoadSettings.builder().build()).loadAllFromInputStream(in).forEach(document -> documents.add((Map<?, ?>) document));
        }
        return documents;
    }

    /** The exit code, and what was printed; 127 where there is no such program. */
    private static String run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() + "\n" + printed;
        } catch (IOException e) {
            return "127\n";
        }
    }

    private static Set<String> names(Object map) {
        return ((Map<?, ?>) map).keySet().stream().map(Object::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String variable(String setting) {
        return setting.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}

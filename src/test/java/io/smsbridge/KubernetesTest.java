package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import io.smsbridge.settings.DefaultSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifests have the fields that Kubernetes knows, and say what image and bridge really have. No cluster takes them here. */
class KubernetesTest {

    private static final Path DOCKERFILE = Path.of("src/main/deploy/Dockerfile");
    private static final Gson GSON = new GsonBuilder()
            .registerTypeAdapter(OffsetDateTime.class, (JsonDeserializer<OffsetDateTime>) (json, type, context) -> OffsetDateTime.parse(json.getAsString())).create();

    private static V1Deployment deployment;
    private static V1Service service;
    private static V1PodDisruptionBudget budget;
    private static V1NetworkPolicy policy;
    private static V1ConfigMap settings;
    private static JsonElement secret;

    @TempDir
    Path home;

    /** Each reader refuses a field that its object does not have, a missing one, and text for a number. */
    @BeforeAll
    static void everyFieldIsOneOfKubernetes() throws Exception {
        List<String> kinds = new ArrayList<>();
        for (Map<?, ?> document : documents()) {
            JsonElement json = GSON.toJsonTree(document);
            String kind = document.get("apiVersion") + " " + document.get("kind");
            kinds.add(kind);
            switch (kind) {
                case "apps/v1 Deployment" -> {
                    V1Deployment.validateJsonElement(json);
                    deployment = GSON.fromJson(json, V1Deployment.class);
                }
                case "v1 Service" -> {
                    V1Service.validateJsonElement(json);
                    service = GSON.fromJson(json, V1Service.class);
                }
                case "policy/v1 PodDisruptionBudget" -> {
                    V1PodDisruptionBudget.validateJsonElement(json);
                    budget = GSON.fromJson(json, V1PodDisruptionBudget.class);
                }
                case "networking.k8s.io/v1 NetworkPolicy" -> {
                    V1NetworkPolicy.validateJsonElement(json);
                    policy = GSON.fromJson(json, V1NetworkPolicy.class);
                }
                case "v1 ConfigMap" -> {
                    V1ConfigMap.validateJsonElement(json);
                    settings = GSON.fromJson(json, V1ConfigMap.class);
                }
                case "v1 Secret" -> {
                    V1Secret.validateJsonElement(json);
                    secret = json;
                }
                default -> throw new AssertionError("not known here: " + kind);
            }
        }
        assertThat(kinds).doesNotHaveDuplicates().hasSize(6);
    }

    private static List<Map<?, ?>> documents() throws IOException {
        List<Map<?, ?>> documents = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/deploy/kubernetes"))) {
            for (Path file : files.toList()) {
                documents.addAll(DeployTest.documents(file));
            }
        }
        return documents;
    }

    private static V1PodSpec pod() {
        return deployment.getSpec().getTemplate().getSpec();
    }

    private static V1Container container() {
        assertThat(pod().getContainers()).hasSize(1);
        return pod().getContainers().get(0);
    }

    @Test
    void allSelectTheSamePods() {
        Map<String, String> labels = deployment.getSpec().getTemplate().getMetadata().getLabels();
        assertThat(labels).isNotEmpty();
        assertThat(deployment.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(service.getSpec().getSelector()).isEqualTo(labels);
        assertThat(budget.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(pod().getTopologySpreadConstraints()).allSatisfy(spread -> assertThat(spread.getLabelSelector().getMatchLabels()).isEqualTo(labels));
        assertThat(deployment.getSpec().getReplicas()).as("else no node could be drained").isGreaterThan(budget.getSpec().getMinAvailable().getIntValue());
    }

    @Test
    void thePodRunsAsTheImagesUserAndMayWriteToItsVolumesAlone() throws Exception {
        assertThat(pod().getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod().getSecurityContext().getRunAsUser() + ":" + pod().getSecurityContext().getRunAsGroup()).isEqualTo(Dockerfile.value(DOCKERFILE, "USER"));
        assertThat(pod().getAutomountServiceAccountToken()).isFalse();
        assertThat(container().getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container().getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container().getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container().getVolumeMounts().stream().filter(mount -> !Boolean.TRUE.equals(mount.getReadOnly())).map(V1VolumeMount::getMountPath))
                .containsExactlyInAnyOrder(Dockerfile.value(DOCKERFILE, "VOLUME"), "/tmp");
    }

    @Test
    void whatIsMountedIsThereAndWhereTheBridgeLooks() throws Exception {
        assertThat(container().getVolumeMounts().stream().map(V1VolumeMount::getName))
                .containsExactlyInAnyOrderElementsOf(pod().getVolumes().stream().map(V1Volume::getName).toList());
        V1VolumeMount file = mount(volume(volume -> volume.getConfigMap() != null && volume.getConfigMap().getName().equals(settings.getMetadata().getName())));
        assertThat(file.getMountPath()).isEqualTo(Dockerfile.value(DOCKERFILE, "WORKDIR") + "/" + file.getSubPath());
        assertThat(settings.getData()).containsOnlyKeys(file.getSubPath());
        String secretName = secret.getAsJsonObject().getAsJsonObject("metadata").get("name").getAsString();
        V1VolumeMount secrets = mount(volume(volume -> volume.getSecret() != null && volume.getSecret().getSecretName().equals(secretName)));
        assertThat(settings.getData().get("application.properties")).contains("camel.main.cloud-properties-location=" + secrets.getMountPath() + "\n");
    }

    private static V1Volume volume(Predicate<V1Volume> which) {
        return pod().getVolumes().stream().filter(which).findFirst().orElseThrow();
    }

    private static V1VolumeMount mount(V1Volume volume) {
        return container().getVolumeMounts().stream().filter(mount -> mount.getName().equals(volume.getName())).findFirst().orElseThrow();
    }

    @Test
    void portsAndProbesAreTheBridges() throws Exception {
        assertThat(container().getPorts()).hasSize(1);
        assertThat(container().getPorts().get(0).getContainerPort()).hasToString(DefaultSettings.load().getProperty("http.port"));
        String port = container().getPorts().get(0).getName();
        assertThat(service.getSpec().getPorts()).allSatisfy(open -> assertThat(open.getTargetPort().getStrValue()).isEqualTo(port));
        assertThat(policy.getSpec().getIngress()).hasSize(1).allSatisfy(rule -> assertThat(rule.getPorts()).hasSize(1)
                .allSatisfy(open -> assertThat(open.getPort().getStrValue()).isEqualTo(port)));

        String health = DeployTest.healthCheck().get(0);
        assertThat(container().getStartupProbe().getExec().getCommand()).containsExactly(health, "live");
        assertThat(container().getLivenessProbe().getExec().getCommand()).containsExactly(health, "live");
        assertThat(container().getReadinessProbe().getExec().getCommand()).containsExactly(health, "ready");
    }

    @Test
    void aPodHasTheTimeToEnd() throws Exception {
        List<String> before = container().getLifecycle().getPreStop().getExec().getCommand();
        assertThat(before).hasSize(2).startsWith("sleep");
        assertThat(pod().getTerminationGracePeriodSeconds())
                .isGreaterThan(Long.parseLong(before.get(1)) + Long.parseLong(DefaultSettings.load().getProperty("camel.main.shutdownTimeout")));
    }

    @Test
    void theSettingsPassTheCheckWithTheSecretsAsFiles() throws Exception {
        String text = settings.getData().get("application.properties");
        Map<String, JsonElement> secrets = secret.getAsJsonObject().getAsJsonObject("stringData").asMap();
        Set<String> used = Pattern.compile("\\{\\{([a-z-]+)}}").matcher(text).results().map((MatchResult found) -> found.group(1)).collect(Collectors.toSet());
        assertThat(used).isEqualTo(secrets.keySet());

        Path mounted = Files.createDirectory(home.resolve("secrets"));
        for (Map.Entry<String, JsonElement> file : secrets.entrySet()) {
            Files.writeString(mounted.resolve(file.getKey()), file.getValue().getAsString());
        }
        Files.writeString(home.resolve("application.properties"), text.replace("=/run/secrets/bridge\n", "=" + mounted + "\n"));
        assertThat(SetupCheck.of(home).problems()).isEmpty();
    }
}

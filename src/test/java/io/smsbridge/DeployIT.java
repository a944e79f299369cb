package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the image holds, made by the Dockerfile's own script, and the distribution: both started without Docker and systemd, by the same
 * commands with other paths. All of it lies in a temporary directory, and nothing outside it is written or changed, whoever runs this.
 */
class DeployIT {

    private static final Path DOCKERFILE = Path.of("src/main/deploy/Dockerfile");
    private static final Path UNIT = Path.of("src/main/deploy/infobip-sms-bridge.service");
    /** Nobody can write there, not even root. */
    private static final Path READ_ONLY = Path.of("/proc");
    /** Each process lives for seconds: what the second compiler makes of its code comes too late. */
    private static final String QUICK = "-XX:TieredStopAtLevel=1";

    @TempDir
    Path root;

    private final int port = FreePort.find();
    private final int managementPort = FreePort.find();

    @Test
    void whatTheImageHoldsStartsFromItsArchiveAndWritesToTheVolumeAlone() throws Exception {
        Path java = Path.of(System.getProperty("java.home"));
        assumeTrue(Files.isDirectory(java.resolve("jmods")), "this JDK has no modules for jlink");
        assumeTrue(Files.isDirectory(READ_ONLY.resolve("self")), "no /proc");
        Path program = root.resolve("program");
        Path home = Files.createDirectory(root.resolve("home"));
        Path volume = Files.createDirectory(root.resolve("volume"));
        Map<String, Path> places = Map.of("/opt/infobip-sms-bridge", program, Dockerfile.value(DOCKERFILE, "WORKDIR"), home);

        // The step before has made the jar, as Maven has for this test.
        assertThat(Dockerfile.read(DOCKERFILE)).contains(new Dockerfile.Step("RUN", "sh src/main/deploy/image.sh target/infobip-sms-bridge.jar /opt/infobip-sms-bridge"),
                new Dockerfile.Step("COPY", "--from=build /opt/infobip-sms-bridge /opt/infobip-sms-bridge"));
        ProcessBuilder make = new ProcessBuilder("sh", "src/main/deploy/image.sh", System.getProperty("bridge.jar"), program.toString());
        make.environment().putAll(Map.of("JAVA_HOME", java.toString(), "JAVA_TOOL_OPTIONS", QUICK));
        assertThat(run(make)).endsWith("exit code 0");
        Files.copy(Path.of("application.properties"), home.resolve("application.properties"));
        Set<Path> before = files();

        ProcessBuilder process = new ProcessBuilder(moved(Dockerfile.words(DOCKERFILE, "ENTRYPOINT"), places)).directory(home.toFile());
        process.environment().put(Dockerfile.value(DOCKERFILE, "ENV").split("=")[0], volume.toString());
        process.environment().put("JAVA_TOOL_OPTIONS", QUICK
                + " -Djava.io.tmpdir=" + READ_ONLY + " -Duser.home=" + READ_ONLY + " -Xlog:class+load:file=" + volume.resolve("classes.log"));
        ProcessBuilder health = new ProcessBuilder(moved(DeployTest.healthCheck(), places));
        health.environment().put("MANAGEMENT_PORT", String.valueOf(managementPort));

        assertThat(run(health)).as("before the start").doesNotEndWith("exit code 0");
        try (PackagedBridge bridge = start(process, volume)) {
            assertThat(run(health)).isEqualTo("exit code 0");
            bridge.process.destroy();
            assertThat(bridge.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(bridge.output()).doesNotContain(" ERROR ", "Exception");
        }
        assertThat(Files.readString(volume.resolve("classes.log"))).contains("io.smsbridge.Bridge source: shared objects file (top)");
        assertThat(volume.resolve("ledger.db")).exists();
        assertThat(files()).filteredOn(file -> !before.contains(file)).allSatisfy(file -> assertThat(file).startsWithRaw(volume));
    }

    @Test
    void theDistributionIsWholeAndStartsAsTheUnitSays() throws Exception {
        Path zip = Path.of(System.getProperty("distribution", ""));
        assumeTrue(Files.isRegularFile(zip), "mvn -Prelease makes the distribution");
        Path jar = Path.of(System.getProperty("bridge.jar"));
        for (Path file : List.of(zip, jar)) {
            String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
            assertThat(Path.of(file + ".sha256")).hasContent(sum + " *" + file.getFileName());
        }

        Path program = root.resolve("program");
        unzip(zip, program);
        assertThat(program.resolve("bridge.sh")).isExecutable();
        assertThat(program.resolve("infobip-sms-bridge.jar")).hasSameBinaryContentAs(jar);
        assertThat(Stream.of("application.properties", "routes/1-send/accept-sends.yaml", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE", "docs/deploy.md",
                "deploy/kubernetes/bridge.yaml").map(program::resolve)).allSatisfy(file -> assertThat(file).isNotEmptyFile());

        Path home = Files.createDirectory(root.resolve("home"));
        Files.move(program.resolve("application.properties"), home.resolve("application.properties"));
        Path data = Files.createDirectory(root.resolve("data"));
        Set<Path> before = files();
        Map<String, List<String>> unit = SystemdUnit.read(UNIT);
        Map<String, Path> places = Map.of("/opt/infobip-sms-bridge", program, "/var/lib/" + unit.get("StateDirectory").get(0), data);

        ProcessBuilder process = new ProcessBuilder(moved(unit.get("ExecStart"), places)).directory(home.toFile());
        for (String variable : moved(unit.get("Environment"), places)) {
            process.environment().put(variable.split("=")[0], variable.split("=")[1]);
        }
        process.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home"), "JAVA_TOOL_OPTIONS", QUICK));
        start(process, data).close();
        assertThat(data.resolve("ledger.db")).exists();
        assertThat(files()).filteredOn(file -> !before.contains(file)).allSatisfy(file -> assertThat(file).startsWithRaw(data))
                .anyMatch(file -> file.endsWith("classes.jsa"));
    }

    /** Started, and seen to have sent the sandbox's first SMS and to have told of the reply. */
    private PackagedBridge start(ProcessBuilder process, Path data) throws Exception {
        process.environment().put("HTTP_PORT", String.valueOf(port));
        process.environment().put("MANAGEMENT_PORT", String.valueOf(managementPort));
        PackagedBridge bridge = PackagedBridge.startAs(process, data.resolve("output.txt"), port, managementPort);
        try {
            await().atMost(180, TimeUnit.SECONDS).failFast(() -> assertThat(bridge.process.isAlive()).as(bridge.output()).isTrue())
                    .untilAsserted(() -> assertThat(bridge.output()).contains("{\"event\":\"replied"));
        } catch (Throwable failed) {
            bridge.close();
            throw failed;
        }
        return bridge;
    }

    /** The same words with the recipe's directories replaced by those of this test. */
    private static List<String> moved(List<String> words, Map<String, Path> places) {
        return words.stream().map(word -> places.entrySet().stream()
                .reduce(word, (text, place) -> text.replace(place.getKey(), place.getValue().toString()), (first, last) -> last)).toList();
    }

    /** What it prints, and its exit code. */
    private static String run(ProcessBuilder command) throws IOException, InterruptedException {
        Process process = command.redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return printed + "exit code " + process.waitFor();
    }

    private Set<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** The one directory that the archive holds, with the modes that it states. */
    private static void unzip(Path zip, Path to) throws IOException {
        try (FileSystem archive = FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", true))) {
            Path from = archive.getPath(zip.getFileName().toString().replace(".zip", ""));
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.toList()) {
                    Path target = to.resolve(from.relativize(file).toString());
                    Files.copy(file, target);
                    if (Files.isRegularFile(file)) {
                        Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(file));
                    }
                }
            }
        }
    }
}

package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar where the temporary directory is read-only, or nothing in it can be executed. */
class TemporaryDirectoryIT {

    /** Nobody can write there, not even root. */
    private static final Path READ_ONLY = Path.of("/proc");

    @TempDir
    Path parent;
    private Path home;
    private Path temporary;
    private boolean mounted;

    @BeforeEach
    void directories() throws IOException {
        home = Files.createDirectory(parent.resolve("home"));
        temporary = Files.createDirectory(parent.resolve("temporary"));
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            new ProcessBuilder("umount", "-l", temporary.toString()).inheritIO().start().waitFor();
        }
    }

    /** Only root may mount. */
    private void noexec() throws Exception {
        mounted = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "noexec,size=400m", "tmpfs", temporary.toString())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        assumeTrue(mounted, "may not mount a file system");
    }

    private PackagedBridge start(Path temporary, String... arguments) throws Exception {
        return start(home, temporary, arguments);
    }

    private static PackagedBridge start(Path home, Path temporary, String... arguments) throws Exception {
        return PackagedBridge.startOn(List.of("-Djava.io.tmpdir=" + temporary), Map.of(), home, FreePort.find(), arguments);
    }

    private static List<String> below(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> !file.equals(directory)).map(Path::toString).toList();
        }
    }

    @Test
    void aReadOnlyOneDoesNoHarm() throws Exception {
        assumeTrue(Files.isDirectory(READ_ONLY.resolve("self")), "no /proc");
        try (PackagedBridge bridge = start(READ_ONLY)) {
            await().untilAsserted(() -> assertThat(bridge.output()).contains("{\"event\":\"replied"));
            HttpResponse<String> form = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:" + bridge.port + "/sms/send"))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString("to=447700900123&text=Hello")).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(form.body()).contains("\"accepted\":1");
            assertThat(bridge.output()).doesNotContain(" ERROR ", "Exception");
        }
        PackagedBridge test = start(READ_ONLY, "send-test", "--to", "447700900123");
        assertThat(test.exitCode()).as(test.output()).isZero();
    }

    @Test
    void oneWhereNothingCanBeExecutedDoesNoHarm() throws Exception {
        noexec();
        try (PackagedBridge bridge = start(temporary)) {
            await().untilAsserted(() -> assertThat(bridge.output()).contains("{\"event\":\"replied"));
        }
        PackagedBridge test = start(temporary, "send-test", "--to", "447700900123");
        assertThat(test.exitCode()).as(test.output()).isZero();
        assertThat(below(temporary)).isEmpty();
    }

    @Test
    void aKilledProcessLeavesNothingInIt() throws Exception {
        try (PackagedBridge bridge = start(temporary)) {
            await().untilAsserted(() -> assertThat(bridge.output()).contains("{\"event\":\"replied"));
            bridge.kill();
        }
        assertThat(below(temporary)).isEmpty();
        assertThat(below(home.resolve("data"))).noneMatch(file -> file.contains("sqlitejdbc"));
    }

    @Test
    void whereNothingCanBeExecutedAnywhereTheStartNamesTheCauseAndTheCure() throws Exception {
        noexec();
        Path there = Files.createDirectory(temporary.resolve("home"));
        // Named, as tests can run on another database by default.
        Files.writeString(there.resolve("application.properties"),
                "account.a.baseUrl=https://x.api.infobip.com\naccount.a.apiKey=k\nhttp.host=127.0.0.1\nledger.url=\ndata.minFreeDisk=0\n");
        PackagedBridge bridge = start(there, temporary);
        assertThat(bridge.exitCode()).isEqualTo(2);
        assertThat(bridge.output().lines().dropWhile(line -> !line.startsWith("The bridge did not start"))).hasSize(2).element(1).asString()
                .startsWith("  data.directory: the native library of SQLite can't be loaded: nothing in " + there.resolve("data") + " can be executed")
                .contains("nothing in " + temporary + " can be executed").endsWith("and mount that without noexec");
    }
}

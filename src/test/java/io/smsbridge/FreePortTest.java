package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quick")
class FreePortTest {

    private static final int PROCESSES = 3;
    /** Three times as many are a quarter of all there are: drawn without a claim, hundreds would be given twice. */
    private static final int PORTS = 800;

    /** A process that asks for ports, prints them, and goes on until its input ends. */
    public static void main(String[] args) throws IOException {
        IntStream.range(0, PORTS).forEach(i -> System.out.println(FreePort.find()));
        System.out.flush();
        System.in.read();
    }

    @Test
    void processesThatRunAtTheSameTimeAreNeverGivenTheSamePort() throws Exception {
        List<Process> processes = IntStream.range(0, PROCESSES).mapToObj(i -> start()).toList();
        try {
            List<String> ports = processes.stream().flatMap(FreePortTest::ports).toList();
            assertThat(ports).hasSize(PROCESSES * PORTS).doesNotHaveDuplicates();
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    private static Process start() {
        try {
            return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                    "-cp", System.getProperty("java.class.path"), FreePortTest.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> ports(Process process) {
        return process.inputReader(StandardCharsets.UTF_8).lines().limit(PORTS);
    }
}

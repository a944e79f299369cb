package io.smsbridge.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.smsbridge.FreePort;

/** A PostgreSQL of the harness's own, from the server's programs on this machine. */
public final class Database implements AutoCloseable {

    private final Path programs = programs();
    private final int port = FreePort.find();
    private final String directory;

    Database() throws IOException, InterruptedException {
        this("/tmp");
    }

    /** @param parent where its directory is made: the user postgres has to be allowed to */
    public Database(String parent) throws IOException, InterruptedException {
        directory = run("mktemp", "-d", parent + "/postgres.XXXXXX");
        run(programs.resolve("initdb").toString(), "-D", directory + "/data", "--auth=trust", "--username=bridge");
        start();
        run(programs.resolve("createdb").toString(), "-h", "127.0.0.1", "-p", String.valueOf(port), "-U", "bridge", "bridge");
    }

    public static boolean isInstalled() {
        return Files.isDirectory(Path.of("/usr/lib/postgresql"));
    }

    private static Path programs() throws IOException {
        Path versions = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(versions)) {
            try (Stream<Path> found = Files.list(versions)) {
                return found.map(version -> version.resolve("bin")).filter(bin -> Files.exists(bin.resolve("initdb")))
                        .max(Comparator.naturalOrder()).orElseThrow(() -> new IllegalStateException(versions + " holds no initdb"));
            }
        }
        throw new IllegalStateException("no PostgreSQL server in " + versions + "; install it with: apt-get install postgresql");
    }

    /** A bridge's settings for it. */
    public String settings() {
        return "ledger.url=jdbc:postgresql://127.0.0.1:" + port + "/bridge\nledger.username=bridge\n";
    }

    void start() throws IOException, InterruptedException {
        run(programs.resolve("pg_ctl").toString(), "-D", directory + "/data", "-l", directory + "/log", "-w", "-t", "120", "start",
                "-o", "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + directory);
    }

    /** Without a checkpoint, and with every connection cut. */
    void kill() throws IOException, InterruptedException {
        run(programs.resolve("pg_ctl").toString(), "-D", directory + "/data", "-m", "immediate", "-w", "stop");
    }

    /** As the user postgres when this is root, as whom PostgreSQL refuses to run. */
    private static String run(String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(System.getProperty("user.name").equals("root") ? List.of("runuser", "-u", "postgres", "--") : List.of());
        line.addAll(List.of(command));
        Path output = Files.createTempFile("faults", ".out");
        try {
            Process process = new ProcessBuilder(line).directory(Path.of("/").toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", line) + ": " + Files.readString(output));
            }
            return Files.readString(output).strip();
        } finally {
            Files.delete(output);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        kill();
        run("rm", "-rf", directory);
    }
}

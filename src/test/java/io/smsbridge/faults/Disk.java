package io.smsbridge.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system for the data of one bridge, which can be filled: a tmpfs, which only root may mount. */
final class Disk implements AutoCloseable {

    private static final String SIZE = "1000m";
    private static final int BLOCK = 1 << 20;

    private final Path directory;
    private final Path ballast;

    private Disk(Path directory) {
        this.directory = directory;
        ballast = directory.resolve("ballast");
    }

    /** Null where it is not allowed. */
    static Disk mount(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int exit = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "tmpfs", directory.toString())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        return exit == 0 ? new Disk(directory) : null;
    }

    /** Until so many bytes are free; 0 for not a single one. */
    void fill(long free) {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (Files.getFileStore(directory).getUsableSpace() > free) {
                out.write(new byte[BLOCK]);
            }
        } catch (IOException e) {
            // Full, which is what was wanted.
        }
    }

    void free() throws IOException {
        Files.deleteIfExists(ballast);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        new ProcessBuilder("umount", "-l", directory.toString()).inheritIO().start().waitFor();
    }
}

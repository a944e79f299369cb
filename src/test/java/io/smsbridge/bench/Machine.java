package io.smsbridge.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/**
 * What the figures were measured on.
 *
 * @param fsyncMillis median of writing a page and waiting until it is on disk
 */
record Machine(String processor, int processors, long memoryBytes, String system, String java, double fsyncMillis) {

    static Machine look(Path directory) throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst().orElse("unknown");
        long memory = Files.readAllLines(Path.of("/proc/meminfo")).stream().filter(line -> line.startsWith("MemTotal"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst().orElse(0);
        return new Machine(processor, Runtime.getRuntime().availableProcessors(), memory, System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + Runtime.version(), fsync(directory));
    }

    private static double fsync(Path directory) throws IOException {
        Path file = directory.resolve("fsync");
        long[] nanos = new long[200];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < nanos.length; i++) {
                long begin = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096));
                channel.force(false);
                nanos[i] = System.nanoTime() - begin;
            }
        }
        Files.delete(file);
        Arrays.sort(nanos);
        return nanos[nanos.length / 2] / 1e6;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d x %s, %d GB of memory, %s, %s; an fsync of a page takes %.2f ms", processors, processor, memoryBytes >> 30, system, java,
                fsyncMillis);
    }
}

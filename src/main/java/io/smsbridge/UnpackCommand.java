package io.smsbridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code unpack DIRECTORY}: takes the jar apart into one of the bridge's own classes and those it uses beside it, as an archive of classes
 * (class data sharing) can't be made of jars within a jar. For bridge.sh.
 */
@Command(name = "unpack", description = "Takes the jar apart, as bridge.sh does for a faster start.")
final class UnpackCommand implements Callable<Integer> {

    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String LIBRARIES = "BOOT-INF/lib/";

    @Mixin
    private CommandLine.Help help;
    @Parameters(paramLabel = "DIRECTORY", description = "Where its parts go; made where it is not there.")
    private Path directory;

    @Override
    public Integer call() throws IOException {
        Path jar = Path.of(System.getProperty("java.class.path"));
        if (!Files.isRegularFile(jar)) {
            System.err.println("unpack: only the packaged jar can be taken apart; start it by " + CommandLine.JAR + " unpack DIRECTORY");
            return CommandLine.EXIT_USAGE;
        }
        Files.createDirectories(directory.resolve("lib"));
        try (JarFile from = new JarFile(jar.toFile())) {
            TreeSet<String> libraries = new TreeSet<>();
            for (Enumeration<JarEntry> entries = from.entries(); entries.hasMoreElements();) {
                String name = entries.nextElement().getName();
                if (name.startsWith(LIBRARIES) && name.endsWith(".jar")) {
                    libraries.add("lib/" + name.substring(LIBRARIES.length()));
                    try (InputStream in = from.getInputStream(from.getEntry(name)); OutputStream out = Files.newOutputStream(directory.resolve("lib").resolve(name.substring(LIBRARIES.length())))) {
                        in.transferTo(out);
                    }
                }
            }
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(directory.resolve(jar.getFileName())), manifest(from, libraries))) {
                for (Enumeration<JarEntry> entries = from.entries(); entries.hasMoreElements();) {
                    copyClass(from, entries.nextElement(), out);
                }
            }
        }
        return 0;
    }

    private static Manifest manifest(JarFile from, TreeSet<String> libraries) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, from.getManifest().getMainAttributes().getValue("Start-Class"));
        main.put(Attributes.Name.CLASS_PATH, String.join(" ", libraries));
        main.put(Attributes.Name.IMPLEMENTATION_VERSION, from.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION));
        return manifest;
    }

    private static void copyClass(JarFile from, JarEntry entry, JarOutputStream out) throws IOException {
        String name = entry.getName();
        if (name.startsWith(CLASSES) && name.length() > CLASSES.length()) {
            out.putNextEntry(new JarEntry(name.substring(CLASSES.length())));
            try (InputStream in = from.getInputStream(entry)) {
                in.transferTo(out);
            }
            out.closeEntry();
        }
    }
}

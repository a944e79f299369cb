package io.smsbridge;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

import io.smsbridge.settings.InvalidSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder lib/ beside application.properties: jars of further Camel components and of drivers. What the bridge brings itself comes
 * before them, so a jar there adds classes, and replaces none. They are loaded apart from the bridge's own, so that its start is as
 * quick as without them, and the archive of classes that bridge.sh makes holds for any content of the folder.
 */
final class LibraryFolder {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.start");

    private LibraryFolder() {
    }

    /** The bridge's classes, and behind them those of the folder. Throws InvalidSettings when a file there can't be used. */
    static ClassLoader over(Path home, ClassLoader own) throws IOException {
        Path folder = home.resolve("lib");
        List<Path> jars = Files.isDirectory(folder) ? jars(folder) : List.of();
        if (jars.isEmpty()) {
            return own;
        }
        List<String> problems = new ArrayList<>();
        for (Path jar : jars) {
            try (JarFile readable = new JarFile(jar.toFile())) {
                readable.size();
            } catch (IOException e) {
                problems.add("lib/" + jar.getFileName() + ": is no jar (" + e.getMessage() + "); copy it again, or take it out");
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidSettings(problems);
        }
        LOG.info("lib/ has {}", String.join(", ", jars.stream().map(jar -> jar.getFileName().toString()).toList()));
        return new URLClassLoader("lib", jars.stream().map(LibraryFolder::url).toArray(URL[]::new), own);
    }

    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}

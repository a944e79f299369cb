package io.smsbridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The files below routes/: those beside the jar, or else those in it. Camel's own scan finds them only there where no link and no
 * executable jar's BOOT-INF/classes stands between.
 *
 * @param root  where they lie, as Camel names resources: file:/… or classpath:routes
 * @param files each file under the root, likewise
 */
record RouteFiles(String root, List<String> files) {

    private static final String IN_JAR = "BOOT-INF/classes/";

    static RouteFiles of(Path home) throws IOException {
        Path directory = home.resolve("routes");
        return Files.isDirectory(directory) ? beside(directory.toRealPath()) : inJar();
    }

    private static RouteFiles beside(Path directory) throws IOException {
        // Camel decodes a file's name as if it were part of a URL, and an endpoint's more than once.
        if (directory.toString().matches(".*[+%?#{}].*")) {
            throw new Startup.InvalidSettings(List.of(directory + ": a path with + % ? # { or } can't be read; move the directory"));
        }
        try (Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            return new RouteFiles("file:" + directory,
                    files.filter(Files::isRegularFile).map(file -> "file:" + file).sorted().toList());
        }
    }

    private static RouteFiles inJar() {
        // "java -jar" sets the class path to the jar's path.
        try (JarFile jar = new JarFile(System.getProperty("java.class.path"))) {
            return new RouteFiles("classpath:routes", jar.stream()
                    .filter(entry -> !entry.isDirectory() && entry.getName().startsWith(IN_JAR + "routes/"))
                    .map(entry -> "classpath:" + entry.getName().substring(IN_JAR.length())).sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException("there is no directory routes, and none in a jar", e);
        }
    }

    List<String> endingIn(String suffix) {
        return files.stream().filter(file -> file.endsWith(suffix)).toList();
    }
}

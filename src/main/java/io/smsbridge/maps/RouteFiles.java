package io.smsbridge.maps;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.smsbridge.settings.InvalidSettings;

/**
 * The files below routes/: the bridge's own, in the jar, and a team's, in the directory beside it. A team's file of the same name
 * replaces the bridge's; any other is loaded besides. Camel finds them all at {@link #ROOT}.
 */
public final class RouteFiles {

    public static final String ROOT = "classpath:routes";

    /** What the bridge's files count on of each other. When a file of before no longer fits, raise it here and in every file. */
    public static final int VERSION = 2;

    private static final Pattern MARK = Pattern.compile("(?m)^\\W*(?:\\$comment\\W+)?infobip-sms-bridge routes (\\d{1,9})\\W*$");
    private static final List<String> READ = List.of(".yaml", ".jslt", ".sql", ".json");
    private static final String CURE = "; delete it to use the bridge's own, or make your change again in a copy of that"
            + " (docs/upgrade.md)";

    private final Set<String> own;
    private final Map<String, Path> teams;

    private RouteFiles(Set<String> own, Map<String, Path> teams) {
        this.own = own;
        this.teams = teams;
    }

    /** Throws InvalidSettings when a file of the directory can't be used. */
    public static RouteFiles of(Path home) throws IOException {
        RouteFiles files = read(home);
        List<String> problems = files.problems();
        if (!problems.isEmpty()) {
            throw new InvalidSettings(problems);
        }
        return files;
    }

    /** Whether or not they can be used, which {@link #problems} says. */
    public static RouteFiles read(Path home) throws IOException {
        Path directory = home.resolve("routes");
        return new RouteFiles(ownNames(), Files.isDirectory(directory) ? filesBelow(directory.toRealPath()) : Map.of());
    }

    private static Set<String> ownNames() throws IOException {
        URL root = RouteFiles.class.getResource("/routes");
        if (root.openConnection() instanceof JarURLConnection jar) {
            String prefix = jar.getEntryName().replaceAll("/*$", "/");
            return jar.getJarFile().stream().filter(entry -> !entry.isDirectory() && entry.getName().startsWith(prefix))
                    .map(entry -> entry.getName().substring(prefix.length())).collect(Collectors.toCollection(TreeSet::new));
        }
        try {
            return filesBelow(Path.of(root.toURI())).keySet();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /** By their names from the directory on. A name with a dot before it is an editor's, or the second path to a mounted file. */
    private static Map<String, Path> filesBelow(Path directory) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                List<String> name = StreamSupport.stream(directory.relativize(file).spliterator(), false).map(Path::toString).toList();
                if (name.stream().noneMatch(part -> part.startsWith("."))) {
                    files.put(String.join("/", name), file);
                }
            }
        }
        return files;
    }

    /** One line for each file of the directory that can't be used, with the cure. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (Map.Entry<String, Path> file : teams.entrySet()) {
            String name = file.getKey();
            if (name.endsWith(".yml")) {
                problems.add("routes/" + name + ": is not read as it is named; name it .yaml");
            } else if (READ.stream().anyMatch(name::endsWith)) {
                // Camel decodes a resource's name as if it were part of a URL, and an endpoint's more than once.
                if (name.matches(".*[+%?#{}].*")) {
                    problems.add("routes/" + name + ": a name with + % ? # { or } can't be read; rename it");
                }
                try {
                    version(problems, name, Files.readString(file.getValue(), StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    problems.add("routes/" + name + ": can't be read: " + e);
                }
            }
        }
        return problems;
    }

    private void version(List<String> problems, String name, String text) {
        Matcher mark = MARK.matcher(text);
        if (mark.find()) {
            int version = Integer.parseInt(mark.group(1));
            if (version != VERSION) {
                problems.add("routes/" + name + ": belongs to version " + version + " of the bridge's routes, and this is version " + VERSION
                        + (own.contains(name) ? CURE : "; delete it, or, where it is a file of your own that is still right, say "
                                + VERSION + " in its line \"" + mark.group().strip() + "\""));
            }
        } else if (own.contains(name)) {
            problems.add("routes/" + name + ": has the name of a file of the bridge's, and no line \"infobip-sms-bridge routes " + VERSION
                    + "\" that says which version it belongs to" + CURE);
        }
    }

    /** As Camel names them. */
    public List<String> endingIn(String suffix) {
        return Stream.concat(own.stream(), teams.keySet().stream()).distinct().sorted()
                .filter(name -> name.endsWith(suffix)).map(name -> ROOT + "/" + name).toList();
    }

    /** What the directory brings, for the log; empty when it is nothing. */
    public String teamsOwn() {
        String replaced = teams.keySet().stream().filter(own::contains).collect(Collectors.joining(", "));
        String added = teams.keySet().stream().filter(name -> !own.contains(name) && READ.stream().anyMatch(name::endsWith))
                .collect(Collectors.joining(", "));
        return Stream.of(replaced.isEmpty() ? "" : "in place of the bridge's own: " + replaced, added.isEmpty() ? "" : "besides: " + added)
                .filter(part -> !part.isEmpty()).collect(Collectors.joining("; "));
    }

    /** The class path, with the team's files before the bridge's. */
    public ClassLoader over(ClassLoader classPath) {
        return new ClassLoader(classPath) {
            @Override
            public URL getResource(String name) {
                Path file = name.startsWith("routes/") ? teams.get(name.substring("routes/".length())) : null;
                try {
                    URL resource = file == null ? super.getResource(name) : file.toUri().toURL();
                    return resource != null && name.endsWith(".jslt") ? inAscii(resource) : resource;
                } catch (MalformedURLException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    /**
     * Camel reads a map in the machine's charset. With escapes in place of all that is not ASCII, which a map may have wherever it can have
     * the characters themselves, it means the same in each.
     */
    private static URL inAscii(URL map) throws MalformedURLException {
        return new URL(null, "map:" + map.getPath(), new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) {
                return new URLConnection(url) {
                    @Override
                    public void connect() {
                        // Opened when it is read.
                    }

                    @Override
                    public InputStream getInputStream() throws IOException {
                        try (InputStream in = map.openStream()) {
                            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                            return new ByteArrayInputStream(text.chars().mapToObj(c -> c < 128 ? String.valueOf((char) c)
                                    : String.format(Locale.ROOT, "\\u%04x", c)).collect(Collectors.joining()).getBytes(StandardCharsets.US_ASCII));
                        }
                    }
                };
            }
        });
    }
}

package io.smsbridge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.smsbridge.maps.MapFunctions;
import io.smsbridge.maps.Maps;
import io.smsbridge.maps.RouteFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code map NAME [FILE]}: applies a map to a sample, or to a file of the user's, so that an edit shows what it does before a restart. */
@Command(name = "map", description = "Applies a map of routes/maps to a sample, and prints the result. Without NAME it lists the maps.",
        footer = {"%nA sample is an object of input and, where the map reads headers, headers; any other JSON is the input itself.",
            "Exit code: 0 mapped, 1 the map fails on the input, 2 there is no such map or file, or it can't be read."})
final class MapCommand implements Callable<Integer> {

    private static final int EXIT_FAILS = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;

    @Mixin
    private CommandLine.Help help;
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The map's file in routes/maps, without .jslt.")
    private String name;
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "JSON to map; - for standard input. Default: the sample in routes/maps/samples.")
    private String file;

    MapCommand(Path home) {
        this.home = home;
    }

    @Override
    public Integer call() throws IOException {
        RouteFiles routes = RouteFiles.of(home);
        ClassLoader files = routes.over(MapCommand.class.getClassLoader());
        Map<String, String> maps = maps(routes);
        if (name == null) {
            maps.keySet().forEach(System.out::println);
            return 0;
        }
        if (!maps.containsKey(name)) {
            return wrong("there is no map '" + name + "'; there are " + String.join(", ", maps.keySet()));
        }
        String location = maps.get(name);
        Maps map = new Maps(MapFunctions.ALL);
        map.add(name, location, new String(read(files, location), StandardCharsets.UTF_8));
        if (!map.problems().isEmpty()) {
            return wrong(map.problems().get(0));
        }
        String sample = file != null ? file.equals("-") ? "standard input" : file : location.replaceFirst("[^/]+$", "samples/" + name + ".json");
        JsonNode given;
        try {
            byte[] bytes = file == null ? read(files, sample) : file.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
            if (bytes == null) {
                return wrong("there is no " + sample + "; give a FILE, or - for standard input");
            }
            given = JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            return wrong(sample + ": is not JSON: " + e.getOriginalMessage() + " at line " + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr());
        } catch (IOException e) {
            return wrong(sample + ": can't be read: " + e);
        }
        return apply(map, location, sample, given);
    }

    private int apply(Maps map, String location, String sample, JsonNode given) throws IOException {
        boolean wrapped = given.isObject() && given.has("input");
        JsonNode headers = wrapped && given.has("headers") ? given.get("headers") : JsonNodeFactory.instance.objectNode();
        System.err.println(location + " on " + sample + ":");
        try {
            JsonNode output = map.apply(name, headers, wrapped ? given.get("input") : given);
            System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(output));
            return 0;
        } catch (Maps.MapFailed e) {
            System.err.println(e.getMessage());
            return EXIT_FAILS;
        }
    }

    /** The maps that routes call by name, and where each is. */
    private static Map<String, String> maps(RouteFiles routes) {
        Map<String, String> maps = new TreeMap<>();
        routes.endingIn(".jslt").stream().map(map -> map.replaceFirst("^classpath:", "")).filter(map -> map.contains("/maps/"))
                .forEach(map -> maps.put(map.substring(map.lastIndexOf('/') + 1, map.length() - ".jslt".length()), map));
        return maps;
    }

    /** Null when there is no such file. */
    private static byte[] read(ClassLoader files, String resource) throws IOException {
        var url = files.getResource(resource);
        if (url == null) {
            return null;
        }
        try (InputStream in = url.openStream()) {
            return in.readAllBytes();
        }
    }

    private static int wrong(String problem) {
        System.err.println(problem);
        return CommandLine.EXIT_USAGE;
    }
}

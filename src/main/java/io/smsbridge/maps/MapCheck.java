package io.smsbridge.maps;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import org.apache.camel.CamelContext;
import org.apache.camel.support.ResourceHelper;

/** Reads every JSLT map at the start; Camel itself would read each with its first message. */
public final class MapCheck {

    private final Collection<Function> functions;
    private final Maps maps = new Maps(MapFunctions.ALL);
    private final List<String> problems = new ArrayList<>();
    private final Set<String> names = new TreeSet<>();

    private final Set<String> readingRaw = new TreeSet<>();

    private MapCheck(Collection<Function> functions) {
        this.functions = functions;
    }

    public static MapCheck of(CamelContext context, RouteFiles routes, Collection<Function> functions) {
        MapCheck check = new MapCheck(functions);
        for (String map : routes.endingIn(".jslt")) {
            try (InputStream in = ResourceHelper.resolveMandatoryResourceAsInputStream(context, map)) {
                check.read(map.replaceFirst("^classpath:", ""), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                check.problems.add(map + ": can't be read: " + e.getMessage());
            }
        }
        return check;
    }

    /** Those in routes/maps, ready to be applied. */
    public Maps maps() {
        return maps;
    }

    /** One line for each map that can't be used, with the place of the error. */
    public List<String> problems() {
        return problems;
    }

    /** The maps in routes/maps, without .jslt. */
    public Set<String> names() {
        return names;
    }

    /** Those of them that name an event's raw, if only in a comment. */
    Set<String> readingRaw() {
        return readingRaw;
    }

    private void read(String location, String text) {
        if (location.contains("/maps/")) {
            String name = location.substring(location.lastIndexOf('/') + 1, location.length() - ".jslt".length());
            names.add(name);
            maps.add(name, location, text);
            if (text.contains("raw")) {
                readingRaw.add(name);
            }
        }
        try {
            new Parser(new StringReader(text)).withFunctions(functions).withObjectFilter(MapFunctions.OBJECT_FILTER)
                    .withSource(location).compile();
        } catch (JsltException e) {
            problems.add(location + ": does not parse: " + e.getMessage().replaceAll("\\s+", " "));
        }
    }
}

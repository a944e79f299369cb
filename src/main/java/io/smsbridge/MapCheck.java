package io.smsbridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;

/** Reads every JSLT map at the start; Camel itself would read each with its first message. */
final class MapCheck {

    private MapCheck() {
    }

    /** One line for each map that can't be used, with the place of the error. */
    static List<String> problems(CamelContext context) {
        String routes = context.resolvePropertyPlaceholders("{{routes}}");
        List<String> problems = new ArrayList<>();
        try {
            for (Resource map : PluginHelper.getPackageScanResourceResolver(context).findResources(routes + "/**/*.jslt")) {
                check(map, problems);
            }
        } catch (Exception e) {
            problems.add(routes + ": the maps can't be listed: " + e.getMessage());
        }
        return problems;
    }

    private static void check(Resource map, List<String> problems) throws IOException {
        String text;
        try (InputStream in = map.getInputStream()) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        // Camel reads a map in the platform's own encoding.
        if (Charset.defaultCharset() != StandardCharsets.UTF_8 && text.chars().anyMatch(c -> c > 127)) {
            problems.add(map.getLocation() + ": holds characters beyond ASCII; start java with -Dfile.encoding=UTF-8");
        }
        try {
            new Parser(new StringReader(text)).withFunctions(MapFunctions.ALL).withObjectFilter(MapFunctions.OBJECT_FILTER)
                    .withSource(map.getLocation()).compile();
        } catch (JsltException e) {
            problems.add(map.getLocation() + ": does not parse: " + e.getMessage().replaceAll("\\s+", " "));
        }
    }
}

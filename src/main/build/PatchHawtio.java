import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Changes Hawtio's scripts as the jar is built: diagrams go from left to right, as a message does, show their beginning first, large enough
 * to be read, and can be zoomed out until all of a long one is seen; the steps of all routes show their counts; none is drawn on top of the last one's remains, or not at all for a
 * route that begins with its error handler; and the routes' groups stand in the order of their names, which is the way of a message. The
 * build fails where one of the texts is not found: then Hawtio is another version, and each change has to be looked at again.
 */
public final class PatchHawtio {

    private static final Map<String, String> CHANGES = new LinkedHashMap<>();

    static {
        CHANGES.put("r=\"TB\"){const i=\"LR\"===r;return this.dagreGraph.setGraph(",
                "r=\"LR\"){const i=\"LR\"===r;return t=t.filter((e=>e.source)),this.dagreGraph=new ue.default.graphlib.Graph,"
                        + "this.dagreGraph.setDefaultEdgeLabel((()=>({}))),this.dagreGraph.setGraph(");
        CHANGES.put("ReactFlow,{nodeTypes:x,nodes:", "ReactFlow,{nodeTypes:x,minZoom:.05,nodes:");
        CHANGES.put("S({padding:.25,duration:500})", "S({padding:.25,duration:500,nodes:[...l].sort(((e,t)=>e.position.x-t.position.x)).slice(0,8)})");
        CHANGES.put("i=[...e.getChildren()];for(const t of i){if(t.getType()===F)", "i=[...e.getChildren()].sort(((e,t)=>(e.getMetadata(\"group\")||\"\")"
                + ".localeCompare(t.getMetadata(\"group\")||\"\")||e.name.localeCompare(t.name)));for(const t of i){if(t.getType()===F)");
        // The steps of a template's routes have the same names; where Camel counts, it puts route-N before them.
        CHANGES.put("t=>t((t=>e.data.cid===t.id))", "t=>t((t=>e.data.cid===t.id.replace(/^route-\\d+/,\"\")))");
    }

    private PatchHawtio() {
    }

    /** @param args the directory that Hawtio's files are in. What is changed already, by an earlier build, stays. */
    public static void main(String[] args) throws IOException {
        Map<String, Boolean> done = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(Path.of(args[0]))) {
            List<Path> scripts = files.filter(path -> path.toString().endsWith(".js")).toList();
            for (Path script : scripts) {
                String before = Files.readString(script, StandardCharsets.ISO_8859_1);
                String text = before;
                for (Map.Entry<String, String> change : CHANGES.entrySet()) {
                    if (text.contains(change.getValue())) {
                        done.put(change.getKey(), true);
                    } else if (text.contains(change.getKey())) {
                        text = text.replace(change.getKey(), change.getValue());
                        done.put(change.getKey(), true);
                    }
                }
                if (!text.equals(before)) {
                    Files.writeString(script, text, StandardCharsets.ISO_8859_1);
                }
            }
        }
        for (String text : CHANGES.keySet()) {
            if (!done.containsKey(text)) {
                System.err.println("Hawtio's scripts do not hold the text that src/main/build/PatchHawtio.java changes: " + text);
                System.exit(1);
            }
        }
    }
}

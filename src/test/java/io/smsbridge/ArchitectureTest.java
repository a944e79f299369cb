package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the house is built: packages know only those below them, classes do not go round in circles, and files fit a page or two. */
@Tag("quick")
class ArchitectureTest {

    private static final Pattern EDGE = Pattern.compile("\\s+(io\\.smsbridge[\\w.$]+)\\s+->\\s+(io\\.smsbridge[\\w.$]+)\\s+.*");
    private static final int LONGEST_CLASS = 300;
    private static final int LONGEST_ROUTE_FILE = 120;

    /** Who uses whom, without nested classes: they belong to the one they are in. */
    private static Map<String, Set<String>> uses() {
        StringWriter out = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        assertThat(jdeps.run(new PrintWriter(out), new PrintWriter(out), "-verbose:class", "-filter:none", "--ignore-missing-deps", "target/classes")).as(out.toString()).isZero();
        Map<String, Set<String>> uses = new TreeMap<>();
        out.toString().lines().map(EDGE::matcher).filter(Matcher::matches).forEach(edge -> {
            String from = edge.group(1).replaceFirst("\\$.*", "");
            String to = edge.group(2).replaceFirst("\\$.*", "");
            if (!from.equals(to)) {
                uses.computeIfAbsent(from, key -> new TreeSet<>()).add(to);
            }
        });
        assertThat(uses).hasSizeGreaterThan(50);
        return uses;
    }

    private static Map<String, Set<String>> by(UnaryOperator<String> group, Map<String, Set<String>> uses) {
        Map<String, Set<String>> grouped = new TreeMap<>();
        uses.forEach((from, all) -> all.stream().map(group).filter(to -> !to.equals(group.apply(from)))
                .forEach(to -> grouped.computeIfAbsent(group.apply(from), key -> new TreeSet<>()).add(to)));
        return grouped;
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    @Test
    void packagesKnowOnlyThoseBelowThem() {
        assertThat(circles(by(ArchitectureTest::packageOf, uses()))).isEmpty();
    }

    @Test
    void classesOfAPackageDoNotGoRoundInCircles() {
        assertThat(circles(uses())).isEmpty();
    }

    @Test
    void classesAndRoutesFitAPageOrTwo() throws IOException {
        assertThat(longerThan(LONGEST_CLASS, "src/main/java", ".java", lines -> lines)).isEmpty();
        // Declared settings are a table, not steps.
        assertThat(longerThan(LONGEST_ROUTE_FILE, "routes", ".yaml", lines -> withoutParameters(lines))).isEmpty();
    }

    private static List<String> longerThan(int most, String directory, String ending, java.util.function.Function<List<String>, List<String>> counted) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of(directory))) {
            for (Path file : files.filter(path -> path.toString().endsWith(ending)).sorted().toList()) {
                int lines = counted.apply(Files.readAllLines(file)).size();
                if (lines > most) {
                    found.add(file + ": " + lines);
                }
            }
        }
        return found;
    }

    private static List<String> withoutParameters(List<String> lines) {
        List<String> left = new ArrayList<>();
        boolean declared = false;
        for (String line : lines) {
            declared = line.equals("    parameters:") || declared && line.startsWith("      ");
            if (!declared) {
                left.add(line);
            }
        }
        return left;
    }

    /** Groups of more than one that can each reach the other. */
    private static List<Set<String>> circles(Map<String, Set<String>> uses) {
        Map<String, Set<String>> reached = new HashMap<>();
        uses.keySet().forEach(from -> reached.put(from, reach(from, uses)));
        Collection<Set<String>> circles = new HashSet<>();
        for (String from : uses.keySet()) {
            Set<String> circle = reached.get(from).stream().filter(to -> reached.getOrDefault(to, Set.of()).contains(from))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!circle.isEmpty()) {
                circles.add(circle);
            }
        }
        return List.copyOf(circles);
    }

    private static Set<String> reach(String from, Map<String, Set<String>> uses) {
        Set<String> reached = new HashSet<>();
        Deque<String> next = new ArrayDeque<>(uses.getOrDefault(from, Set.of()));
        while (!next.isEmpty()) {
            String one = next.poll();
            if (reached.add(one)) {
                next.addAll(uses.getOrDefault(one, Set.of()));
            }
        }
        return reached;
    }
}

package io.smsbridge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The table of targets, printed, and docs/performance.md with its plot. */
final class Report {

    private static final Path TEMPLATE = Path.of("src/test/bench/performance.md");
    private static final Path PAGE = Path.of("docs/performance.md");
    private static final Path PLOT = Path.of("docs/performance.svg");
    /** Part of its processors that a machine can give a load for long. */
    private static final double USABLE = 0.7;

    /** @param met null where there is no target, or nothing was measured */
    private record Row(String work, String target, String measured, Boolean met) {
    }

    private final Results results;
    private final List<OfferedLoad.Answers> offered;
    private final Machine machine;
    private final Collection<String> skipped;
    private final String how;
    private final List<Row> rows = new ArrayList<>();

    Report(Results results, List<OfferedLoad.Answers> offered, Machine machine, Collection<String> skipped, String how) {
        this.results = results;
        this.offered = offered;
        this.machine = machine;
        this.skipped = skipped;
        this.how = how;
    }

    void write() throws IOException {
        intake();
        passingOn();
        batches();
        costs();
        growth();
        shares();
        postgres();
        print();
        String page = Files.readString(TEMPLATE).replace("{{machine}}", machine.toString()).replace("{{how}}", how)
                .replace("{{skipped}}", skipped.isEmpty() ? "nothing" : String.join(", ", skipped)).replace("{{table}}", table())
                .replace("{{figures}}", figures()).replace("{{needs}}", needs()).replace("{{plot}}", offered.isEmpty() ? "Not measured in this run." : "![](performance.svg)");
        Files.createDirectories(PAGE.getParent());
        Files.writeString(PAGE, page);
        if (!offered.isEmpty()) {
            Files.writeString(PLOT, Plot.of(offered));
        }
        System.out.println(PAGE + " written");
    }

    // Rows

    private void intake() {
        atLeast("single sends accepted, 64 clients, to Kannel", 1.5, ratio("singles.in", "kannel.in"), rates("singles.in", "kannel.in"));
        atMost("  their 99th percentile, to Kannel's", 1, ratio("singles.p99", "kannel.p99"), text("%.1f ms, %.1f ms", median("singles.p99"), median("kannel.p99")));
        atLeast("  16 clients, to Kannel", 1.1, ratio("singles.16.in", "kannel.16.in"), rates("singles.16.in", "kannel.16.in"));
        shown("  64 clients, to an empty route of Camel's", ratio("singles.in", "empty.in"), rates("singles.in", "empty.in"));
    }

    private void passingOn() {
        atLeast("of them passed on to Infobip at the same time", 0.9, ratio("singles.out", "singles.in"), rates("singles.out", "singles.in"));
        atLeast("  passed on, to Kannel", 3, ratio("singles.out", "kannel.out"), rates("singles.out", "kannel.out"));
        atLeast("  with an Infobip that takes 50 ms, of what is accepted", 0.9, ratio("singles.50ms.out", "singles.50ms.in"), rates("singles.50ms.out", "singles.50ms.in"));
        atLeast("  with an Infobip that takes 50 ms, passed on, to Kannel", 3, ratio("singles.50ms.out", "kannel.50ms.out"), rates("singles.50ms.out", "kannel.50ms.out"));
    }

    private void batches() {
        atLeast("recipients accepted in batches of 100, to Kannel's singles", 5, ratio("batches.in", "kannel.in"), rates("batches.in", "kannel.in"));
        atLeast("  of them passed on at the same time", 0.9, ratio("batches.out", "batches.in"), rates("batches.out", "batches.in"));
        atLeast("delivery reports, 100 per POST, to Kannel's singles", 3.5, ratio("reports.in", "kannel.in"), rates("reports.in", "kannel.in"));
        atLeast("  forwarded to each of two downstreams at the same time", 0.9, ratio("reports.out", "reports.in"), rates("reports.out", "reports.in"));
    }

    private void costs() {
        atMost("processor time of a single, µs", 150, median("singles.micros"), "");
        atMost("  of a recipient of a batch", 30, median("batches.micros"), "");
        atMost("  of a report with its two tellings", 40, median("reports.micros"), "");
        double after = median("compiler.after");
        row("Java's second compiler until steady, s of processor time", "at most 15", median("compiler"),
                Double.isNaN(after) ? "not steady while it was watched" : text("steady after %.0f s of load; %.1f s at the end of all loads", after, median("compiler.all")),
                !Double.isNaN(after) && median("compiler") <= 15);
        atMost("start to first 200 of a send, to a bare camel-main with one route", 1.5, ratio("start", "empty.start"),
                text("%.0f ms, %.0f ms", median("start"), median("empty.start")));
        atMost("  with the shipped start command", 1, ratio("script.start", "empty.start"), text("%.0f ms", median("script.start")));
        atMost("resident memory after the warm-up with the shipped start command, MB", 600, median("script.resident"), "");
        shown("  with java -jar alone, MB", median("resident"), "");
        atMost("heap with a million sends waiting, to none, in -Xmx256m", 1.2, ratio("heap.waiting", "heap.none"),
                text("%.0f MB, %.0f MB", median("heap.waiting"), median("heap.none")));
    }

    private void growth() {
        atLeast("ledger with a million messages, to an empty one: reports taken", 0.85, ratio("ledger.full.in", "ledger.empty.in"), rates("ledger.full.in", "ledger.empty.in"));
        atLeast("  taken and forwarded", 0.85, ratio("ledger.full.whole", "ledger.empty.whole"), rates("ledger.full.whole", "ledger.empty.whole"));
        atLeast("10 downstreams, to 1: events told", 0.85, ratio("many.events", "few.events"), rates("many.events", "few.events"));
        atLeast("100 accounts, to 1: recipients passed on, 100 in a call", 0.85, ratio("many.sends", "few.sends"), rates("many.sends", "few.sends"));
        atMost("one high send behind a million normal ones, until Infobip has it, to alone", 2, ratio("high.behind", "high.alone"),
                text("%.1f ms, %.1f ms; the slowest of 100: %.0f ms, %.0f ms", median("high.behind"), median("high.alone"), median("high.behind.worst"), median("high.alone.worst")));
    }

    private void shares() {
        atMost("a caller's key, of the time in Java for a single", 0.1, median("doors.key"), "");
        atMost("  an access token of the bridge's own", 0.1, median("doors.token"), "");
        atMost("token, Basic, header, network and HMAC of a webhook with one report, of the time in Java for it", 0.1, median("doors.webhook"), "");
        shown("maps, of the time in Java for a single", median("share.maps"), "");
        shown("  metrics", median("share.metrics"), "");
        shown("  the log", median("share.log"), "");
    }

    private void postgres() {
        for (int bridges = 1; bridges <= 2; bridges++) {
            String of = "postgres" + bridges + ".";
            String with = "PostgreSQL, " + (bridges == 1 ? "one bridge" : "two bridges") + ", to SQLite: ";
            for (String[] row : new String[][] {{"singles.in", "single sends accepted"}, {"singles.out", "  passed on at the same time"},
                {"singles.50ms.out", "  passed on to an Infobip that takes 50 ms"}, {"batches.in", "recipients in batches accepted"}, {"batches.out", "  passed on at the same time"},
                {"reports.in", "delivery reports taken"}, {"reports.out", "  forwarded to each of two at the same time"}}) {
                atLeast(with + row[1].strip(), 0.4, ratio(of + row[0], row[0]), rates(of + row[0], row[0]));
            }
        }
    }

    // Text

    private void atLeast(String work, double target, double value, String figures) {
        row(work, "at least " + plain(target), value, figures, value >= target);
    }

    private void atMost(String work, double target, double value, String figures) {
        row(work, "at most " + plain(target), value, figures, value <= target);
    }

    private void shown(String work, double value, String figures) {
        row(work, "", value, figures, null);
    }

    private void row(String work, String target, double value, String figures, Boolean met) {
        boolean measured = !Double.isNaN(value);
        String shown = String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%,.0f" : "%.2f", value);
        rows.add(new Row(work, target, measured ? shown + (figures.isEmpty() ? "" : " (" + figures + ")") : "not measured", measured ? met : null));
    }

    private double ratio(String name, String to) {
        return results.ratio(name, to);
    }

    private double median(String name) {
        return results.median(name);
    }

    private String rates(String name, String to) {
        return text("%,.0f/s, %,.0f/s", median(name), median(to));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String plain(double target) {
        return target == Math.rint(target) ? text("%.0f", target) : String.valueOf(target);
    }

    private static String met(Row row) {
        return row.met() == null ? "" : row.met() ? "met" : "not met";
    }

    private void print() {
        System.out.println();
        System.out.println(machine);
        System.out.println(how);
        rows.forEach(row -> System.out.printf("%-76s %-14s %-62s %s%n", row.work(), row.target(), row.measured(), met(row)));
        System.out.println();
    }

    private String table() {
        StringBuilder table = new StringBuilder("| work | target | measured | |\n| --- | --- | --- | --- |\n");
        rows.forEach(row -> table.append("| ").append(row.work().replaceFirst("^ {2}", "… ")).append(" | ").append(row.target()).append(" | ").append(row.measured()).append(" | ")
                .append(met(row)).append(" |\n"));
        return table.toString().strip();
    }

    private String figures() {
        StringBuilder table = new StringBuilder("| offered a second | answered | 50 % | 90 % | 99 % | 99.9 % |\n| --- | --- | --- | --- | --- | --- |\n");
        offered.forEach(point -> table.append(text("| %,.0f | %,.0f | %.1f ms | %.1f ms | %.1f ms | %.1f ms |%n", point.offered(), point.perSecond(), point.millis()[0],
                point.millis()[1], point.millis()[2], point.millis()[3])));
        return offered.isEmpty() ? "" : table.toString().strip();
    }

    /** What a number of messages a second needs, from what one costs: each is sent, and reported on once to two downstreams. */
    private String needs() {
        double report = median("reports.micros");
        double single = median("singles.micros") + report;
        double recipient = median("batches.micros") + report;
        double bytes = median("singles.bytes");
        StringBuilder table = new StringBuilder("| messages a second | processors, singles | processors, batches of 100 | calls to Infobip under way at 50 ms, batches | "
                + "ledger a day | ledger in 30 days |\n| --- | --- | --- | --- | --- | --- |\n");
        for (int rate : new int[] {1_000, 10_000, 100_000}) {
            table.append(text("| %,d | %.1f | %.1f | %.0f | %,.0f GB | %,.0f GB |%n", rate, rate * single / 1e6 / USABLE, rate * recipient / 1e6 / USABLE,
                    Math.ceil(rate / 100.0 * 0.05), rate * 86_400.0 * bytes / 1e9, 30 * rate * 86_400.0 * bytes / 1e9));
        }
        return Double.isNaN(single + recipient + bytes) ? "Not measured in this run." : table.toString().strip();
    }
}

package io.smsbridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;

import com.fasterxml.jackson.databind.JsonNode;

/** An SVG of a Grafana dashboard: each panel at its place, with what a Prometheus knows of the last minutes. Grafana itself draws more finely. */
final class DashboardPicture {

    /** What a Prometheus knows of a query: an answer's data.result, a matrix. */
    interface Source {
        JsonNode range(String query) throws Exception;
    }

    /** @param points time and value, in turn */
    private record Line(String name, List<double[]> points) {
        double last() {
            return points.get(points.size() - 1)[1];
        }
    }

    /** Pixels of a column and of a row of the dashboard's grid. */
    private static final int COLUMN = 50;
    private static final int ROW = 28;
    private static final int COLUMNS = 24;
    private static final int GAP = 4;
    private static final int MOST_NAMES = 5;
    private static final String[] COLOURS = {"#56a64b", "#e0a800", "#1f60c4", "#e02f44", "#8f3bb8", "#0a869c", "#c15c17", "#6c7a89"};

    private final Source source;
    private final StringBuilder svg = new StringBuilder();

    private DashboardPicture(Source source) {
        this.source = source;
    }

    static String of(JsonNode dashboard, Source source) throws Exception {
        DashboardPicture picture = new DashboardPicture(source);
        int height = 0;
        for (JsonNode panel : dashboard.get("panels")) {
            height = Math.max(height, (panel.at("/gridPos/y").asInt() + panel.at("/gridPos/h").asInt()) * ROW);
            picture.panel(panel);
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"#f4f5f5\"/>%n%s</svg>%n"
                .formatted(COLUMNS * COLUMN, height, picture.svg);
    }

    private void panel(JsonNode panel) throws Exception {
        int x = panel.at("/gridPos/x").asInt() * COLUMN + GAP / 2;
        int y = panel.at("/gridPos/y").asInt() * ROW + GAP / 2;
        int width = panel.at("/gridPos/w").asInt() * COLUMN - GAP;
        int height = panel.at("/gridPos/h").asInt() * ROW - GAP;
        String unit = panel.at("/fieldConfig/defaults/unit").asText();
        svg.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\" fill=\"white\" stroke=\"#d8d9da\"/>%n".formatted(x, y, width, height));
        text(x + 8, y + 18, "font-weight=\"bold\"", panel.get("title").asText());
        List<Line> lines = new ArrayList<>();
        for (JsonNode target : panel.get("targets")) {
            for (JsonNode found : source.range(target.get("expr").asText())) {
                lines.add(line(target.path("legendFormat").asText(), found));
            }
        }
        lines.removeIf(line -> line.points().isEmpty());
        if (panel.get("type").asText().equals("stat")) {
            JsonNode words = panel.at("/fieldConfig/defaults/mappings/0/options");
            numbers(lines, value -> words.path(number(value, "")).path("text").asText(number(value, unit)), x, y, width, height);
        } else {
            chart(lines, unit, x + 56, y + 30, width - 66, height - 50 - 14 * Math.min(MOST_NAMES, lines.size()));
        }
    }

    private static Line line(String name, JsonNode found) {
        for (Map.Entry<String, JsonNode> label : found.get("metric").properties()) {
            name = name.replace("{{" + label.getKey() + "}}", label.getValue().asText());
        }
        List<double[]> points = new ArrayList<>();
        for (JsonNode point : found.get("values")) {
            double value = point.get(1).asDouble(Double.NaN);
            if (Double.isFinite(value)) {
                points.add(new double[] {point.get(0).asDouble(), value});
            }
        }
        return new Line(name, points);
    }

    private void numbers(List<Line> lines, DoubleFunction<String> shown, int x, int y, int width, int height) {
        for (int i = 0; i < lines.size(); i++) {
            int middle = x + width * (2 * i + 1) / (2 * lines.size());
            text(middle, y + height / 2 + 18, "font-size=\"26\" text-anchor=\"middle\" fill=\"#37872d\"", shown.apply(lines.get(i).last()));
            text(middle, y + height - 10, "text-anchor=\"middle\" fill=\"#555\"", lines.get(i).name());
        }
    }

    private void chart(List<Line> lines, String unit, int x, int y, int width, int height) {
        double most = lines.stream().flatMap(line -> line.points().stream()).mapToDouble(point -> point[1]).max().orElse(0);
        most = most == 0 ? 1 : most * 1.1;
        double from = lines.stream().mapToDouble(line -> line.points().get(0)[0]).min().orElse(0);
        double until = lines.stream().mapToDouble(line -> line.points().get(line.points().size() - 1)[0]).max().orElse(1);
        for (int i = 0; i <= 2; i++) {
            int tick = y + height - height * i / 2;
            svg.append("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%2$d\" stroke=\"#e3e3e3\"/>%n".formatted(x, tick, x + width));
            text(x - 6, tick + 4, "text-anchor=\"end\" fill=\"#555\"", number(most * i / 2, unit));
        }
        for (int i = 0; i < lines.size(); i++) {
            String colour = COLOURS[i % COLOURS.length];
            StringBuilder points = new StringBuilder();
            for (double[] point : lines.get(i).points()) {
                points.append(String.format(Locale.ROOT, "%.0f,%.1f ", x + (point[0] - from) / Math.max(1, until - from) * width, y + height - point[1] / most * height));
            }
            svg.append("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>%n".formatted(points.toString().strip(), colour));
            if (i < MOST_NAMES) {
                boolean more = i == MOST_NAMES - 1 && lines.size() > MOST_NAMES;
                text(x, y + height + 18 + 14 * i, "fill=\"" + colour + "\"", more ? "and " + (lines.size() - i) + " more" : lines.get(i).name());
            }
        }
    }

    private void text(int x, int y, String look, String words) {
        svg.append("<text x=\"%d\" y=\"%d\" %s>%s</text>%n".formatted(x, y, look, words.replace("&", "&amp;").replace("<", "&lt;")));
    }

    private static String number(double value, String unit) {
        return switch (unit) {
            case "s" -> value < 1 ? format("%.0f ms", value * 1000) : format("%.1f s", value);
            case "cps" -> format("%.1f/s", value);
            case "bytes" -> value < 1e9 ? format("%.1f MB", value / 1e6) : format("%.0f GB", value / 1e9);
            case "percentunit" -> format("%.0f %%", value * 100);
            default -> format(value < 10 && value != Math.rint(value) ? "%.1f" : "%.0f", value);
        };
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}

package io.smsbridge.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** An SVG of two panels: what is answered over what is offered, and how long that takes. */
final class Plot {

    private static final int WIDTH = 720;
    private static final int PANEL = 260;
    private static final int LEFT = 80;
    private static final int RIGHT = 20;
    private static final int GAP = 60;
    private static final int TOP = 40;
    private static final String[] COLOURS = {"#1b6ca8", "#c45a00", "#7a2e8e", "#444444"};

    private final StringBuilder svg = new StringBuilder();
    private final double most;

    private Plot(double most) {
        this.most = most;
    }

    static String of(List<OfferedLoad.Answers> points) {
        int height = TOP + 2 * PANEL + 2 * GAP;
        Plot plot = new Plot(points.stream().mapToDouble(OfferedLoad.Answers::offered).max().orElse(1));
        plot.svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n".formatted(WIDTH, height));
        plot.svg.append("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n".formatted(WIDTH, height));
        plot.panel(points, TOP, "Single sends answered 200 in a second, over those offered", 0, plot.most, List.of("answered"), List.of(OfferedLoad.Answers::perSecond), false);
        double slowest = points.stream().mapToDouble(point -> point.millis()[3]).max().orElse(1);
        plot.panel(points, TOP + PANEL + GAP, "Milliseconds until they are answered, from the time at which they are due", 1, Math.max(10, slowest),
                List.of("50 %", "90 %", "99 %", "99.9 %"), List.of(point -> point.millis()[0], point -> point.millis()[1], point -> point.millis()[2],
                        point -> point.millis()[3]), true);
        return plot.svg.append("</svg>\n").toString();
    }

    private void panel(List<OfferedLoad.Answers> points, int top, String title, double least, double highest, List<String> names,
            List<ToDoubleFunction<OfferedLoad.Answers>> lines, boolean logarithmic) {
        svg.append("<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>%n".formatted(LEFT, top - 12, title));
        svg.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#999\"/>%n".formatted(LEFT, top, WIDTH - LEFT - RIGHT, PANEL));
        if (logarithmic) {
            for (double tick = least; tick <= highest; tick *= 10) {
                tick(y(tick, top, least, highest, true), number(tick));
            }
        } else {
            for (int i = 0; i <= 4; i++) {
                tick(y(highest * i / 4, top, least, highest, false), number(highest * i / 4));
            }
        }
        for (int i = 0; i <= 5; i++) {
            svg.append("<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n".formatted(x(most * i / 5), top + PANEL + 16, number(most * i / 5)));
        }
        for (int line = 0; line < lines.size(); line++) {
            StringBuilder path = new StringBuilder();
            for (OfferedLoad.Answers point : points) {
                double value = Math.max(least, lines.get(line).applyAsDouble(point));
                path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.offered()), y(value, top, least, highest, logarithmic)));
            }
            svg.append("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n".formatted(path.toString().strip(), COLOURS[line]));
            svg.append("<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n".formatted(LEFT + 12, top + 20 + 16 * line, COLOURS[line], names.get(line)));
        }
    }

    private void tick(double y, String text) {
        svg.append(String.format(Locale.ROOT, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                LEFT, y, WIDTH - RIGHT, y, LEFT - 8, y + 4, text));
    }

    private double x(double offered) {
        return LEFT + offered / most * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, int top, double least, double highest, boolean logarithmic) {
        double part = logarithmic ? Math.log(value / least) / Math.log(highest / least) : (value - least) / (highest - least);
        return top + PANEL - Math.min(1, Math.max(0, part)) * PANEL;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }
}

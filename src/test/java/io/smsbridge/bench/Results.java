package io.smsbridge.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What was measured, by name, a value for each round. A ratio is the median of the rounds' ratios, as what a machine does changes by the minute. */
final class Results {

    private final Map<String, List<Double>> values = new TreeMap<>();

    void add(String name, double value) {
        System.out.printf(Locale.ROOT, "  %-40s %12.2f%n", name, value);
        values.computeIfAbsent(name, absent -> new ArrayList<>()).add(value);
    }

    /** NaN where it was not measured. */
    double median(String name) {
        return median(values.getOrDefault(name, List.of()));
    }

    double ratio(String name, String to) {
        List<Double> these = values.getOrDefault(name, List.of());
        List<Double> those = values.getOrDefault(to, List.of());
        if (those.size() == 1 && these.size() > 1 || these.size() == 1 && those.size() > 1) {
            return median(name) / median(to);
        }
        return median(IntStream.range(0, Math.min(these.size(), those.size())).mapToObj(i -> these.get(i) / those.get(i)).toList());
    }

    private static double median(List<Double> all) {
        if (all.isEmpty()) {
            return Double.NaN;
        }
        double[] sorted = all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

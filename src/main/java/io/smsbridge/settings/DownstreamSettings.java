package io.smsbridge.settings;

import java.util.Arrays;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.apache.camel.util.TimeUtils;

/**
 * One block {@code downstream.NAME.*}, as typed values. Secrets are not among them.
 *
 * @param events        types of events it asks for
 * @param retry         when a POST that failed is tried again
 * @param downAfter     failures in a row after which it counts as down; 0: never
 * @param probeDelay    milliseconds before the first probe of a downstream that is down
 * @param probeMaxDelay milliseconds between two probes at most
 */
public record DownstreamSettings(String name, String format, Set<String> events, String contentType, int itemsPerPost, int parallelPosts,
        RetrySchedule retry, int downAfter, long probeDelay, long probeMaxDelay) {

    /** All types of events there are. */
    public static final Set<String> EVENT_TYPES = Set.of("queued", "sent", "delivered", "failed", "replied", "clicked");

    /** @param setting gives a setting's value or default, or an empty text */
    public static DownstreamSettings of(String name, UnaryOperator<String> setting) {
        String format = setting.apply("format");
        // CleverTap asks for ten minutes, and does not recognise what it is told twice after a timeout.
        boolean clevertap = format.equals("clevertap");
        String retryDelay = or(setting.apply("retryDelay"), clevertap ? "10m" : "5s");
        long probeDelay = millis(or(setting.apply("probeDelay"), retryDelay));
        String contentType = or(setting.apply("contentType"), format.equals("cloudevents") ? "application/cloudevents-batch+json" : "application/json");
        String attempts = setting.apply("retryMaxAttempts");
        RetrySchedule retry = new RetrySchedule(millis(retryDelay), Double.parseDouble(setting.apply("retryMultiplier")),
                millis(or(setting.apply("retryMaxDelay"), clevertap ? "6h" : "15m")), Double.parseDouble(setting.apply("retryJitter")),
                millis(setting.apply("retryMaxAge")), attempts.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(attempts));
        return new DownstreamSettings(name, format, types(setting.apply("events")), contentType, Integer.parseInt(setting.apply("itemsPerPost")),
                Integer.parseInt(setting.apply("parallelPosts")), retry, Integer.parseInt(setting.apply("downAfter")), probeDelay,
                Math.max(probeDelay, millis(or(setting.apply("probeMaxDelay"), clevertap ? "30m" : "1m"))));
    }

    /** The types of events that a setting names, separated by commas. */
    public static Set<String> types(String events) {
        return Arrays.stream(events.split(",")).map(String::strip).filter(type -> !type.isEmpty()).collect(Collectors.toUnmodifiableSet());
    }

    private static String or(String value, String otherwise) {
        return value.isEmpty() ? otherwise : value;
    }

    private static long millis(String duration) {
        return TimeUtils.toMilliSeconds(duration);
    }
}

package io.smsbridge;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import org.apache.camel.util.TimeUtils;

/** Bean {@code retries}: when a call that failed is tried again. */
public final class Retries {

    /**
     * What follows on a failed try.
     *
     * @param outcome    {@code retry} when another try can help; else there is none
     * @param failures   how many tries failed before this one; null for none
     * @param since      when the first of them failed, in epoch milliseconds; null for none
     * @param retryAfter the answer's Retry-After header, seconds or an HTTP date; null when there was none
     * @param schedule   {@code retryDelay retryMaxDelay retryMaxAge [retryMultiplier [retryJitter [retryMaxAttempts]]]}, such as {@code 5s 5m 6h 2 0.1}: the wait after
     *                   the first failure, the longest wait, how long after the first failure the last try is made (0s: no retry
     *                   at all), how each wait grows (twice the one before), by which part of itself it may be longer at random (none), and after how many
     *                   tries there is no other (any number)
     * @return {@code failures} and {@code failingSince} with this failure counted, and, unless the retries have run out,
     *         {@code at}, the time of the next try in epoch milliseconds, and {@code atText}, the same for people
     */
    public Map<String, Object> next(String outcome, Integer failures, Long since, String retryAfter, String schedule) {
        long now = System.currentTimeMillis();
        int count = failures == null ? 1 : failures + 1;
        long first = since == null ? now : since;
        Map<String, Object> next = new HashMap<>(Map.of("failures", count, "failingSince", first));

        String[] parts = schedule.split(" ");
        long last = first + TimeUtils.toMilliSeconds(parts[2]);
        int most = parts.length > 5 ? Integer.parseInt(parts[5]) : Integer.MAX_VALUE;
        if (outcome.equals("retry") && now < last && count < most) {
            double multiplier = parts.length > 3 ? Double.parseDouble(parts[3]) : 2;
            double wait = Math.min(TimeUtils.toMilliSeconds(parts[0]) * Math.pow(multiplier, count - 1d),
                    TimeUtils.toMilliSeconds(parts[1]));
            double jitter = parts.length > 4 ? ThreadLocalRandom.current().nextDouble() * Double.parseDouble(parts[4]) : 0;
            long at = Math.min(now + Math.max((long) (wait * (1 + jitter)), asked(retryAfter)), last);
            next.put("at", at);
            next.put("atText", toTheSecond(Instant.ofEpochMilli(at)));
        }
        return next;
    }

    /** A time as operators read it: in UTC, as all times of the bridge, to the second. */
    static String toTheSecond(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** How long an answer with this Retry-After, seconds or an HTTP date, asks to wait, in milliseconds; 0 where it does not. */
    static long asked(String retryAfter) {
        if (retryAfter == null || retryAfter.isBlank()) {
            return 0;
        }
        try {
            return retryAfter.strip().matches("[0-9]{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(retryAfter.strip())).toMillis()
                    : Duration.between(Instant.now(),
                            ZonedDateTime.parse(retryAfter.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)).toMillis();
        } catch (DateTimeException e) {
            return 0;
        }
    }
}

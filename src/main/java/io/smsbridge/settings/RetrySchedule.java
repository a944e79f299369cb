package io.smsbridge.settings;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a call that failed is tried again.
 *
 * @param delay       milliseconds after the first failure
 * @param multiplier  each further wait is this many times the one before
 * @param maxDelay    milliseconds of the longest wait
 * @param jitter      each wait is longer by up to this part of it, at random
 * @param maxAge      milliseconds after the first failure in which the last try is made; 0: no retry
 * @param maxAttempts after how many tries there is no other
 */
public record RetrySchedule(long delay, double multiplier, long maxDelay, double jitter, long maxAge, int maxAttempts) {

    /**
     * The time of the next try, in epoch milliseconds; empty when the retries have run out.
     *
     * @param failures     how many tries have failed, with this one
     * @param failingSince when the first of them failed, in epoch milliseconds
     * @param asked        milliseconds that the answer asks to wait; 0 where it does not
     */
    public OptionalLong next(int failures, long failingSince, long now, long asked) {
        long last = failingSince + maxAge;
        if (now >= last || failures >= maxAttempts) {
            return OptionalLong.empty();
        }
        double wait = Math.min(delay * Math.pow(multiplier, failures - 1d), maxDelay);
        double longer = jitter == 0 ? 0 : ThreadLocalRandom.current().nextDouble() * jitter;
        return OptionalLong.of(Math.min(now + Math.max((long) (wait * (1 + longer)), asked), last));
    }

    /** How long an answer with this Retry-After, seconds or an HTTP date, asks to wait, in milliseconds; 0 where it does not. */
    public static long asked(String retryAfter) {
        if (retryAfter == null || retryAfter.isBlank()) {
            return 0;
        }
        String text = retryAfter.strip();
        try {
            return text.matches("[0-9]{1,9}") ? Duration.ofSeconds(Long.parseLong(text)).toMillis()
                    : Math.max(0, Duration.between(Instant.now(), ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)).toMillis());
        } catch (DateTimeException e) {
            return 0;
        }
    }
}

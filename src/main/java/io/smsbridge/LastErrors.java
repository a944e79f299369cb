package io.smsbridge;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Bean {@code lastErrors}: how the last call that failed did so, for each queue, since the start. */
public final class LastErrors {

    private static final int SHOWN = 300;

    private final Map<String, String> byQueue = new ConcurrentHashMap<>();
    private final Mask mask = new Mask();

    public void note(String queue, String reason) {
        String text = reason == null ? "" : reason;
        byQueue.put(queue, Retries.toTheSecond(Instant.now()) + " "
                + mask.numbers(Texts.cut(text, SHOWN)));
    }

    /** Time and reason; null when none has failed. */
    String of(String queue) {
        return byQueue.get(queue);
    }
}

package io.smsbridge.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs who was not let in. A door is where requests come in: callers, tokens, webhooks, management, sandbox. */
public final class DoorRefusals {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.doors");

    private final MeterRegistry meters;

    public DoorRefusals(MeterRegistry meters) {
        this.meters = meters;
    }

    /** What has not happened yet is counted as 0. */
    public void expect(String door, String... reasons) {
        for (String reason : reasons) {
            counter(door, reason);
        }
    }

    /** @param reason a word of ours, such as missing, wrong, network or slowed; never what the request says */
    public void count(String door, String reason) {
        counter(door, reason).increment();
    }

    /**
     * A credential that is wrong. One line for the 1st, 2nd, 4th, 8th... of a source, so that guesses do not fill the disk.
     *
     * @param failures how many the source has shown, this one included
     */
    public void wrong(String door, String reason, String source, int failures) {
        count(door, reason);
        if (Integer.bitCount(failures) == 1) {
            LOG.warn("{}: {} was refused, reason: {}; {} in a row", door, source, reason, failures);
        }
    }

    private Counter counter(String door, String reason) {
        return Counter.builder("smsbridge.doors.refused").tags("door", door, "reason", reason).register(meters);
    }
}

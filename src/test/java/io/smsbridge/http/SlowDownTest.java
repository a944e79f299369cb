package io.smsbridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How a source that guesses credentials is slowed down. */
@Tag("quick")
class SlowDownTest {

    private final AtomicLong now = new AtomicLong(1_000_000);
    private final SlowDown slow = new SlowDown(now::get);

    private void fail(String source, int times) {
        for (int i = 0; i < times; i++) {
            slow.failed(source);
        }
    }

    @Test
    void wrongCredentialsAreSlowedDown() {
        assertThat(slow.secondsToWait("10.0.0.1")).isZero();
        fail("10.0.0.1", 4);
        assertThat(slow.secondsToWait("10.0.0.1")).isZero();
        assertThat(slow.failed("10.0.0.1")).isEqualTo(5);
        assertThat(slow.secondsToWait("10.0.0.1")).isEqualTo(1);
        fail("10.0.0.1", 20);
        assertThat(slow.secondsToWait("10.0.0.1")).isEqualTo(60);
        assertThat(slow.secondsToWait("10.0.0.2")).isZero();
        slow.passed("10.0.0.1");
        assertThat(slow.secondsToWait("10.0.0.1")).isZero();
    }

    @Test
    void aSourceThatStopsIsForgotten() {
        fail("10.0.0.1", 20);
        now.addAndGet(16 * 60_000);
        assertThat(slow.secondsToWait("10.0.0.1")).isZero();
        assertThat(slow.failed("10.0.0.1")).isEqualTo(1);
    }

    @Test
    void theAddressesOfOneSubscriberAreOneSource() {
        fail("2001:db8:1:2::1", 3);
        fail("2001:db8:1:2:aaaa::7", 3);
        assertThat(slow.secondsToWait("2001:db8:1:2::9")).isPositive();
        assertThat(slow.secondsToWait("2001:db8:1:3::9")).isZero();
    }

    @Test
    void remembersOnlySoMany() {
        fail("10.0.0.1", 20);
        for (int i = 0; i < 20_000; i++) {
            slow.failed("source-" + i);
        }
        assertThat(slow.secondsToWait("10.0.0.1")).isZero();
    }
}

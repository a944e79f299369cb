package io.smsbridge.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How a caller who guesses passwords is slowed down. */
class LoginThrottleTest {

    @Test
    void wrongPasswordsAreSlowedDown() {
        LoginThrottle throttle = new LoginThrottle();
        for (int i = 0; i < 4; i++) {
            throttle.tried("10.0.0.1", false);
            assertThat(throttle.secondsToWait("10.0.0.1")).isZero();
        }
        throttle.tried("10.0.0.1", false);
        assertThat(throttle.secondsToWait("10.0.0.1")).isEqualTo(1);
        for (int i = 0; i < 20; i++) {
            throttle.tried("10.0.0.1", false);
        }
        assertThat(throttle.secondsToWait("10.0.0.1")).isEqualTo(60);
        assertThat(throttle.secondsToWait("10.0.0.2")).isZero();
        throttle.tried("10.0.0.1", true);
        assertThat(throttle.secondsToWait("10.0.0.1")).isZero();
    }
}

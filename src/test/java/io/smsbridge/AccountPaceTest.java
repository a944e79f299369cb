package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

/** How a rate falls with 429 and rises again, on a clock of its own. */
class AccountPaceTest {

    private final AtomicLong clock = new AtomicLong(1_000_000);

    private AccountPace pace(double messagesPerSecond) {
        return new AccountPace("main", messagesPerSecond, 4, 5_000, 300_000, clock::get);
    }

    private static void answer(AccountPace pace, AccountPace.Turn turn, int statusCode, long retryAfter) {
        pace.answered(turn, statusCode, statusCode != 200, retryAfter);
        pace.ended(turn);
    }

    @Test
    void is429HalvesItOnceForAllCallsUnderWayAndItRisesStepByStep() {
        AccountPace pace = pace(100);
        clock.addAndGet(1_000);
        AccountPace.Turn first = pace.await(true, 1);
        AccountPace.Turn second = pace.await(false, 1);
        clock.addAndGet(50);
        answer(pace, first, 429, 20_000);
        answer(pace, second, 429, 0);
        assertThat(pace.rate()).isEqualTo(50);
        assertThat(pace.pause()).isEqualTo(20_000);
        clock.addAndGet(20_000 + 4_999);
        assertThat(pace.rate()).isEqualTo(50);
        clock.addAndGet(1);
        assertThat(pace.rate()).isEqualTo(60);
        clock.addAndGet(20_000);
        assertThat(pace.rate()).isEqualTo(100);
        clock.addAndGet(60_000);
        assertThat(pace.rate()).isEqualTo(100);
    }

    @Test
    void anAccountWithoutARateIsGivenHalfOfWhatItSentAndLosesItAgain() {
        AccountPace pace = pace(0);
        for (int i = 0; i < 4; i++) {
            clock.addAndGet(250);
            answer(pace, pace.await(false, 50), 200, 0);
        }
        answer(pace, pace.await(false, 50), 429, 1_000);
        assertThat(pace.rate()).isEqualTo(75);
        assertThat(pace.pause()).isEqualTo(5_000);
        clock.addAndGet(5_000 + 25_000);
        assertThat(pace.rate()).isZero();
    }

    @Test
    void a429InAQuietHourHoldsUpNoBatchForLong() {
        AccountPace pace = pace(0);
        clock.addAndGet(10_000);
        answer(pace, pace.await(true, 1), 429, 1_000);
        assertThat(pace.rate()).isEqualTo(1);
        // With a token for each of its recipients it would not come back before the clock has gone on for 100 seconds.
        clock.addAndGet(5_000 + 1_000);
        answer(pace, pace.await(false, 100), 200, 0);
        clock.addAndGet(1_000);
        answer(pace, pace.await(false, 100), 200, 0);
    }

    @Test
    void aSecond429HalvesItAgain() {
        AccountPace pace = pace(100);
        clock.addAndGet(1_000);
        answer(pace, pace.await(true, 1), 429, 0);
        clock.addAndGet(5_000 + 100);
        answer(pace, pace.await(true, 1), 429, 0);
        assertThat(pace.rate()).isEqualTo(25);
    }
}

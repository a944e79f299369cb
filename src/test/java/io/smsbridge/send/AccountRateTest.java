package io.smsbridge.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.smsbridge.ledger.OutboxBatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How a rate falls with 429 and rises again, and how an Infobip that fails is probed, on a clock of its own. */
@Tag("quick")
class AccountRateTest {

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final AtomicInteger wakes = new AtomicInteger();

    private AccountRate rate(double messagesPerSecond) {
        return new AccountRate("main", messagesPerSecond, 5_000, 300_000, clock::get, wakes::incrementAndGet);
    }

    private static OutboxBatch begin(AccountRate rate, boolean high, int recipients) {
        assertThat(rate.tryStart(high, recipients)).as("milliseconds to wait").isZero();
        OutboxBatch batch = new OutboxBatch("sends", "main", List.of());
        rate.started(batch);
        return batch;
    }

    private static void answer(AccountRate rate, OutboxBatch batch, int statusCode, long retryAfter) {
        rate.answered(batch, statusCode, statusCode != 200, null, retryAfter);
        rate.ended(batch);
    }

    @Test
    void is429HalvesItOnceForAllCallsUnderWayAndItRisesStepByStep() {
        AccountRate rate = rate(100);
        assertThat(rate.held()).isZero();
        clock.addAndGet(1_000);
        OutboxBatch first = begin(rate, true, 1);
        OutboxBatch second = begin(rate, false, 1);
        clock.addAndGet(50);
        answer(rate, first, 429, 20_000);
        answer(rate, second, 429, 0);
        assertThat(rate.rate()).isEqualTo(50);
        assertThat(rate.held()).isEqualTo(20_000);
        assertThat(rate.tryStart(true, 1)).isEqualTo(20_000);
        clock.addAndGet(20_000 + 4_999);
        assertThat(rate.rate()).isEqualTo(50);
        clock.addAndGet(1);
        assertThat(rate.rate()).isEqualTo(60);
        clock.addAndGet(20_000);
        assertThat(rate.rate()).isEqualTo(100);
        clock.addAndGet(60_000);
        assertThat(rate.rate()).isEqualTo(100);
    }

    @Test
    void anAccountWithoutARateIsGivenHalfOfWhatItSentAndLosesItAgain() {
        AccountRate rate = rate(0);
        for (int i = 0; i < 4; i++) {
            clock.addAndGet(250);
            answer(rate, begin(rate, false, 50), 200, 0);
        }
        answer(rate, begin(rate, false, 50), 429, 1_000);
        assertThat(rate.rate()).isEqualTo(75);
        assertThat(rate.held()).isEqualTo(5_000);
        clock.addAndGet(5_000 + 25_000);
        assertThat(rate.rate()).isZero();
    }

    @Test
    void a429InAQuietHourHoldsUpNoBatchForLong() {
        AccountRate rate = rate(0);
        clock.addAndGet(10_000);
        answer(rate, begin(rate, true, 1), 429, 1_000);
        assertThat(rate.rate()).isEqualTo(1);
        // With a token for each of its recipients it would have to wait for 100 seconds.
        clock.addAndGet(5_000 + 1_000);
        answer(rate, begin(rate, false, 100), 200, 0);
        assertThat(rate.tryStart(false, 100)).isEqualTo(1_000);
        clock.addAndGet(1_000);
        answer(rate, begin(rate, false, 100), 200, 0);
    }

    @Test
    void aSecond429HalvesItAgain() {
        AccountRate rate = rate(100);
        clock.addAndGet(1_000);
        answer(rate, begin(rate, true, 1), 429, 0);
        clock.addAndGet(5_000 + 100);
        answer(rate, begin(rate, true, 1), 429, 0);
        assertThat(rate.rate()).isEqualTo(25);
    }

    @Test
    void afterFiveFailuresOneCallAloneTriesWhetherInfobipIsBack() {
        AccountRate rate = rate(0);
        for (int i = 0; i < 5; i++) {
            answer(rate, begin(rate, false, 1), 503, 0);
        }
        assertThat(rate.tryStart(true, 1)).isEqualTo(5_000);
        clock.addAndGet(5_000);
        OutboxBatch probe = begin(rate, false, 1);
        assertThat(rate.tryStart(true, 1)).as("until the probe is answered").isEqualTo(Long.MAX_VALUE);
        answer(rate, probe, 503, 0);
        assertThat(rate.tryStart(true, 1)).isEqualTo(10_000);
        clock.addAndGet(10_000);
        probe = begin(rate, false, 1);
        assertThat(wakes).hasValue(0);
        answer(rate, probe, 200, 0);
        assertThat(wakes).hasValue(1);
        begin(rate, true, 1);
        begin(rate, false, 1);
    }

    @Test
    void whatIsNotSentLeavesItsShareToOthers() {
        AccountRate rate = rate(10);
        clock.addAndGet(1_000);
        OutboxBatch batch = begin(rate, false, 10);
        assertThat(rate.tryStart(false, 10)).isEqualTo(1_000);
        rate.unused(10);
        rate.ended(batch);
        begin(rate, false, 10);
    }

    @Test
    void pausedItMakesNoCallUntilItIsResumed() {
        AccountRate rate = rate(0);
        OutboxBatch underWay = begin(rate, false, 10);
        rate.pause();
        assertThat(rate.tryStart(true, 1)).isEqualTo(Long.MAX_VALUE);
        answer(rate, underWay, 200, 0);
        assertThat(rate.tryStart(true, 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(rate.isPaused()).isTrue();
        rate.resume();
        assertThat(wakes).hasValue(1);
        begin(rate, true, 1);
    }

    @Test
    void anOperatorNeedNotWaitForTheNextProbeButDoesForWhatInfobipAskedFor() {
        AccountRate rate = rate(0);
        rate.probeNow();
        assertThat(wakes).hasValue(0);
        OutboxBatch refused = begin(rate, false, 1);
        rate.answered(refused, 401, true, "Infobip refuses the key", 0);
        rate.ended(refused);
        assertThat(rate.held()).isPositive();
        rate.probeNow();
        assertThat(wakes).hasValue(1);
        OutboxBatch probe = begin(rate, false, 1);
        assertThat(rate.tryStart(false, 1)).as("one alone").isEqualTo(Long.MAX_VALUE);
        answer(rate, probe, 200, 0);

        answer(rate, begin(rate, false, 1), 429, 20_000);
        rate.probeNow();
        assertThat(rate.held()).isEqualTo(20_000);
    }
}

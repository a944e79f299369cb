package io.smsbridge.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** What the first page's charts are drawn from. */
class TrafficHistoryTest {

    private final TrafficHistory history = new TrafficHistory(() -> null);

    private static Traffic at(long seconds, double accepted) {
        return new Traffic(seconds * 1_000, Map.of("accepted", accepted, "sending", accepted, "sending ms", accepted * 40), 7, -1);
    }

    @Test
    void eachSampleIsWhatHappenedSinceTheOneBefore() {
        history.add(at(0, 100));
        history.add(at(10, 150));
        history.add(at(20, 150));
        assertThat(history.since(0)).containsExactly(
                TrafficHistory.row(at(10, 150), at(0, 100)),
                TrafficHistory.row(at(20, 150), at(10, 150)));
        List<Number> busy = history.since(0).get(0);
        assertThat(busy).hasSameSizeAs(TrafficHistory.COLUMNS);
        assertThat(busy.get(TrafficHistory.COLUMNS.indexOf("accepted"))).isEqualTo(5.0);
        assertThat(busy.get(TrafficHistory.COLUMNS.indexOf("sendingMillis"))).isEqualTo(40L);
        assertThat(busy.get(TrafficHistory.COLUMNS.indexOf("waitingSends"))).isEqualTo(7L);
        assertThat(busy.get(TrafficHistory.COLUMNS.indexOf("waitingEvents"))).isNull();
        // No call, no time.
        assertThat(history.since(10_000)).hasSize(1);
        assertThat(history.since(10_000).get(0).get(TrafficHistory.COLUMNS.indexOf("sendingMillis"))).isNull();
    }

    @Test
    void anHourIsKeptAndNoMore() {
        for (int i = 0; i < 1_000; i++) {
            history.add(at(i * 10L, i));
        }
        assertThat(history.since(0)).hasSize(360);
        assertThat(history.since(0).get(0).get(0)).isEqualTo((1_000 - 360) * 10_000L);
    }

    @Test
    void aClockSetBackLeavesNothingInTheFuture() {
        history.add(at(100, 1));
        history.add(at(110, 2));
        history.add(at(120, 3));
        history.add(at(105, 4));
        assertThat(history.since(0)).hasSize(1);
        assertThat(history.since(0).get(0).get(0)).isEqualTo(105_000L);
    }

    @Test
    void aMomentIsComparedWithOneLongEnoughAgo() {
        assertThat(history.before(at(9, 1)).at()).isEqualTo(9_000);
        history.add(at(0, 0));
        assertThat(history.before(at(1, 1)).at()).isZero();
        history.add(at(10, 1));
        assertThat(history.before(at(12, 1)).at()).isZero();
        assertThat(history.before(at(14, 1)).at()).isEqualTo(10_000);
    }

    @Test
    void itIsReadFromTheMetersThatThereAre() {
        MeterRegistry meters = new SimpleMeterRegistry();
        meters.counter("smsbridge.recipients.accepted", "account", "a").increment(3);
        meters.counter("smsbridge.recipients.accepted", "account", "b").increment(4);
        meters.counter("smsbridge.recipients.sent", "account", "a").increment(6);
        meters.counter("smsbridge.events", "account", "a", "type", "sent").increment(50);
        meters.counter("smsbridge.events", "account", "a", "type", "delivered").increment(2);
        meters.counter("smsbridge.events.forwarded", "downstream", "crm").increment(9);
        meters.timer("smsbridge.send.latency", "account", "a").record(Duration.ofMillis(30));
        meters.timer("smsbridge.send.latency", "account", "b").record(Duration.ofMillis(50));
        meters.gauge("smsbridge.recipients.accepted.not", 5);
        Traffic now = Traffic.now(meters, 1, 2);
        assertThat(now.total("accepted")).isEqualTo(7);
        assertThat(now.total("sent")).as("what the downstreams are told of is counted apart").isEqualTo(6);
        assertThat(now.total("delivered")).isEqualTo(2);
        assertThat(now.total("told")).isEqualTo(9);
        assertThat(now.millis("sending", new Traffic(0, Map.of(), 0, 0))).isEqualTo(40);
        assertThat(now.millis("telling", new Traffic(0, Map.of(), 0, 0))).isNull();
    }
}

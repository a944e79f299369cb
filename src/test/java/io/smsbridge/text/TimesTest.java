package io.smsbridge.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("quick")
class TimesTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T10:00:02.123+0000, 2026-11-23T10:00:02.123Z",
        "2026-11-23T10:00:02.123Z, 2026-11-23T10:00:02.123Z",
        "2026-11-23T10:00:02.003-0330, 2026-11-23T13:30:02.003Z",
        "2026-11-23T10:00:02.003+0545, 2026-11-23T04:15:02.003Z",
        "2026-11-23T10:00:02+05:45, 2026-11-23T04:15:02Z",
        "2026-11-23T10:00:02.123456789+00, 2026-11-23T10:00:02.123456789Z",
        "2026-11-23 10:00Z, 2026-11-23T10:00:00Z"})
    void timesAreReadAsBothSidesWriteThem(String text, Instant time) {
        assertThat(Times.read(text)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-13-23T10:00:02.123+0000", "2026-11-23T10:00:02.123+1900", "2026-11-23T25:00:02.123Z", "2026-11-23T10:00:02.123", "today"})
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> Times.read(text)).isInstanceOf(DateTimeException.class);
    }
}

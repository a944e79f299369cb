package io.smsbridge.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("quick")
class NetworksTest {

    @ParameterizedTest
    @CsvSource({"10.1.2.3, true", "10.255.0.1, true", "11.0.0.1, false", "192.0.2.7, true", "192.0.2.8, false", "2001:db8::5, true", "2001:db9::5, false",
        "::ffff:10.1.2.3, true", "unknown, false", "'', false"})
    void containsWhatIsInOneOfThem(String address, boolean contained) {
        assertThat(Networks.of("10.0.0.0/8, 192.0.2.7,2001:db8::/32").contains(address)).isEqualTo(contained);
    }

    @Test
    void noneContainsNothing() {
        assertThat(Networks.of(" ").isEmpty()).isTrue();
        assertThat(Networks.of("").contains("10.0.0.1")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/x", "10.0.0.0/", "2001:db8::/129", "300.1.1.1"})
    void takesNothingElse(String text) {
        assertThatThrownBy(() -> Networks.of("10.0.0.1, " + text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'" + text + "'");
    }
}

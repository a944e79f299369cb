package io.smsbridge.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import org.junit.jupiter.api.Test;

/** What is read by the short way is what libphonenumber reads, in every country. */
class PhoneNumbersTest {

    private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();
    private final Random random = new Random(7);

    @Test
    void readsPlainNumbersAsTheLibraryDoes() {
        List<String> texts = examples().flatMap(this::withOtherDigits).toList();
        List<String> plain = texts.stream().filter(text -> PhoneNumbers.plain(text) != null).toList();
        assertThat(plain.size()).as("numbers of %s that were read by the short way", texts.size()).isGreaterThan(texts.size() / 3);
        assertThat(plain).allSatisfy(text -> assertThat(PhoneNumbers.plain(text)).as(text).isEqualTo(asTheLibraryReads(text)));
    }

    /** Without its country's code a number is nobody's: what follows its zero may look like another country's. */
    @Test
    void readsNoNumberThatBeginsWithZero() {
        assertThat(examples().flatMap(this::withOtherDigits)).allSatisfy(text -> {
            String withZero = "+0" + text.substring(1);
            assertThat(asTheLibraryReads(withZero)).isNull();
            assertThat(PhoneNumbers.plain(withZero)).as(withZero).isNull();
            assertThat(PhoneNumbers.parse(withZero.substring(1))).as(withZero).isNull();
        });
    }

    @Test
    void readsAnExampleOfEachKindOfNumberInEachCountry() {
        assertThat(examples()).allSatisfy(text -> {
            PhoneNumber number = PhoneNumbers.parse(text.substring(1));
            assertThat(number).as(text).isEqualTo(asTheLibraryReads(text));
            assertThat("+" + PhoneNumbers.digits(number)).isEqualTo(text);
        });
    }

    private static Stream<String> examples() {
        return NUMBERS.getSupportedRegions().stream().sorted()
                .flatMap(region -> Arrays.stream(PhoneNumberType.values()).map(type -> NUMBERS.getExampleNumberForType(region, type)))
                .filter(Objects::nonNull).filter(number -> NUMBERS.isPossibleNumberWithReason(number) == PhoneNumberUtil.ValidationResult.IS_POSSIBLE).map(number -> "+" + number.getCountryCode() + NUMBERS.getNationalSignificantNumber(number));
    }

    /** Numbers that begin like an example, some longer or shorter. */
    private Stream<String> withOtherDigits(String example) {
        return IntStream.range(0, 50).mapToObj(i -> {
            StringBuilder text = new StringBuilder(example.substring(0, 2 + random.nextInt(example.length() - 2)));
            int length = example.length() + random.nextInt(3) - 1;
            while (text.length() < length) {
                text.append(random.nextInt(10));
            }
            return text.toString();
        });
    }

    private static PhoneNumber asTheLibraryReads(String text) {
        try {
            PhoneNumber number = NUMBERS.parse(text, null);
            // Without an area's code it is nobody's number.
            return NUMBERS.isPossibleNumberWithReason(number) == PhoneNumberUtil.ValidationResult.IS_POSSIBLE ? number : null;
        } catch (NumberParseException e) {
            return null;
        }
    }
}

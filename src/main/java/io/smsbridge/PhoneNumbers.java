package io.smsbridge;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import com.google.i18n.phonenumbers.metadata.DefaultMetadataDependenciesProvider;

/** Phone numbers in international form. They are judged by their length only, because numbering plans grow faster than any copy of them. */
final class PhoneNumbers {

    private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();
    private static final Set<Integer> CALLING_CODES = NUMBERS.getSupportedCallingCodes();
    private static final Pattern FORM = Pattern.compile("\\+[0-9 ().\\-/]+");
    /** No zero first: what begins with one is a number without its country. */
    private static final Pattern PLAIN = Pattern.compile("\\+[1-9][0-9]{1,14}");
    private static final Pattern NOTHING = Pattern.compile("(?!)");

    /** What libphonenumber takes off a national number, a trunk prefix or a carrier's code, by calling code. */
    private static final Map<Integer, Pattern> PREFIXES = new ConcurrentHashMap<>();

    private PhoneNumbers() {
    }

    /** The number that a text says, with or without its + or 00; null when it says none. */
    static PhoneNumber parse(String text) {
        String number = text.strip();
        number = number.startsWith("+") ? number : number.startsWith("00") ? "+" + number.substring(2) : "+" + number;
        PhoneNumber plain = plain(number);
        return plain != null ? plain : FORM.matcher(number).matches() ? any(number) : null;
    }

    /** Digits of the E.164 form, without +. */
    static String digits(PhoneNumber number) {
        return number.getCountryCode() + NUMBERS.getNationalSignificantNumber(number);
    }

    /** ISO 3166 code of the main country of the number's calling code. */
    static String country(PhoneNumber number) {
        return NUMBERS.getRegionCodeForCountryCode(number.getCountryCode());
    }

    private static PhoneNumber any(String text) {
        try {
            PhoneNumber number = NUMBERS.parse(text, null);
            return NUMBERS.isPossibleNumber(number) ? number : null;
        } catch (NumberParseException e) {
            return null;
        }
    }

    /**
     * What {@link #any} makes of digits alone that stand behind no prefix, as nearly all recipients are written: in a tenth of the time,
     * which was half of what the map of a send takes. Null: read it in full.
     */
    static PhoneNumber plain(String text) {
        if (!PLAIN.matcher(text).matches()) {
            return null;
        }
        for (int end = 2; end <= 4 && end < text.length(); end++) {
            int callingCode = Integer.parseInt(text, 1, end, 10);
            if (CALLING_CODES.contains(callingCode)) {
                if (text.charAt(end) == '0' || prefixes(callingCode).matcher(text).region(end, text.length()).lookingAt()) {
                    return null;
                }
                PhoneNumber number = new PhoneNumber().setCountryCode(callingCode)
                        .setNationalNumber(Long.parseLong(text, end, text.length(), 10));
                return NUMBERS.isPossibleNumberWithReason(number) == ValidationResult.IS_POSSIBLE ? number : null;
            }
        }
        return null;
    }

    private static Pattern prefixes(int callingCode) {
        return PREFIXES.computeIfAbsent(callingCode, code -> {
            String country = NUMBERS.getRegionCodeForCountryCode(code);
            String prefixes = country.equals(PhoneNumberUtil.REGION_CODE_FOR_NON_GEO_ENTITY) ? ""
                    : DefaultMetadataDependenciesProvider.getInstance().getPhoneNumberMetadataSource().getMetadataForRegion(country)
                            .getNationalPrefixForParsing();
            return prefixes.isEmpty() ? NOTHING : Pattern.compile(prefixes);
        });
    }
}

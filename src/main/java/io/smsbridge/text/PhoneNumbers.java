package io.smsbridge.text;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import com.google.i18n.phonenumbers.metadata.DefaultMetadataDependenciesProvider;

/**
 * Phone numbers. In international form they are judged by their length only, because numbering plans grow faster than any copy of them.
 */
public final class PhoneNumbers {

    private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();
    private static final Set<Integer> CALLING_CODES = NUMBERS.getSupportedCallingCodes();
    /** Until 2019 a 1 stood before Mexican mobile numbers. Some operators still write it; it is the same subscriber. */
    private static final Pattern OLD_MEXICAN_MOBILE = Pattern.compile("^521([0-9]{10})$");
    private static final int BRAZIL = 55;
    /** No number has fewer digits. */
    private static final int SHORTEST = 7;
    private static final int LONGEST = 15;
    private static final int POSSIBLE = 1;
    /** No zero first: what begins with one is a number without its country. */
    private static final Pattern PLAIN = Pattern.compile("\\+[1-9][0-9]{1,14}");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{7,15}");
    private static final Pattern NOTHING = Pattern.compile("(?!)");

    /** What libphonenumber takes off a national number, a trunk prefix or a carrier's code, by calling code. */
    private static final Map<Integer, Pattern> PREFIXES = new ConcurrentHashMap<>();

    private PhoneNumbers() {
    }

    /** The number that a text says in international form, with or without its + or 00; null when it says none. */
    public static PhoneNumber parse(String text) {
        return parse(text, "");
    }

    /**
     * The number that a text says: in international form, or, where it has neither + nor 00, as the country writes its own. Null when it
     * says none.
     *
     * @param country ISO 3166 code; empty: international form only
     */
    public static PhoneNumber parse(String text, String country) {
        PhoneNumber plain = country.isEmpty() || text.startsWith("+") ? plain(text.startsWith("+") ? text : "+" + text) : null;
        if (plain != null) {
            return plain;
        }
        WrittenNumber written = WrittenNumber.read(text);
        if (written == null) {
            return null;
        }
        PhoneNumber international = international(written);
        return country.isEmpty() || written.international() ? international : likelier(international, national(written, country), country);
    }

    /** The number of a person or the name of a sender, in the one form in which the ledger compares them: digits, where it is a number. */
    public static String normal(String text) {
        PhoneNumber number = parse(text);
        String name = number == null ? CopiedText.cleaned(text) : digits(number);
        return name.startsWith("+") ? name.substring(1) : name;
    }

    /**
     * The forms under which the subscriber of a number in {@link #normal} form is known, this one first: some operators leave out
     * Argentina's 9 of mobile numbers, or Brazil's ninth digit. Only where the other form is no other subscriber's number.
     */
    public static List<String> forms(String normal) {
        PhoneNumber number = DIGITS.matcher(normal).matches() ? international(normal) : null;
        String other = number == null ? null : otherForm(number.getCountryCode(), NUMBERS.getNationalSignificantNumber(number));
        return other == null ? List.of(normal) : List.of(normal, number.getCountryCode() + other);
    }

    private static String otherForm(int callingCode, String national) {
        String token = PhoneNumberUtil.getCountryMobileToken(callingCode);
        if (!token.isEmpty()) {
            String other = national.startsWith(token) ? national.substring(token.length()) : token + national;
            return isMobile(callingCode, national.startsWith(token) ? national : other) ? other : null;
        }
        if (callingCode == BRAZIL) {
            String other = national.length() == 10 ? national.substring(0, 2) + "9" + national.substring(2)
                    : national.length() == 11 && national.charAt(2) == '9' ? national.substring(0, 2) + national.substring(3) : "";
            String nine = national.length() == 11 ? national : other;
            String eight = national.length() == 11 ? other : national;
            return isMobile(callingCode, nine) && !NUMBERS.isValidNumber(number(callingCode, eight)) ? other : null;
        }
        return null;
    }

    private static boolean isMobile(int callingCode, String national) {
        return isMobile(number(callingCode, national));
    }

    private static boolean isMobile(PhoneNumber number) {
        PhoneNumberType type = NUMBERS.getNumberType(number);
        return type == PhoneNumberType.MOBILE || type == PhoneNumberType.FIXED_LINE_OR_MOBILE;
    }

    private static PhoneNumber number(int callingCode, String national) {
        return new PhoneNumber().setCountryCode(callingCode).setNationalNumber(Long.parseLong(national));
    }

    /** Digits of the E.164 form, without +. */
    public static String digits(PhoneNumber number) {
        return number.getCountryCode() + NUMBERS.getNationalSignificantNumber(number);
    }

    /** ISO 3166 code of the main country of the number's calling code. */
    public static String country(PhoneNumber number) {
        return NUMBERS.getRegionCodeForCountryCode(number.getCountryCode());
    }

    /**
     * ISO 3166 code of the country that the number is in, where several share its calling code, as the USA and Jamaica do. A number of a range
     * that is not known counts for the main one. Of no country, such as a satellite's: 001.
     */
    public static String ownCountry(PhoneNumber number) {
        String country = NUMBERS.getRegionCodeForNumber(number);
        return country == null ? country(number) : country;
    }

    private static PhoneNumber international(WrittenNumber written) {
        PhoneNumber number = international(written.digits());
        return number != null && (!written.hasParentheses() || isCodeBeside(number, written))
                && isWhole(number, written, PhoneNumbers::international) ? number : null;
    }

    private static PhoneNumber international(String digits) {
        PhoneNumber plain = plain("+" + digits);
        return plain != null ? plain : any("+" + OLD_MEXICAN_MOBILE.matcher(digits).replaceFirst("52$1"), null);
    }

    private static PhoneNumber national(WrittenNumber written, String country) {
        PhoneNumber number = any(written.digits(), country);
        return number != null && isWhole(number, written, digits -> any(digits, country)) ? number : null;
    }

    /** Parentheses stand round the country's code, or right behind it; behind it they can also hold the zero that is not dialled from abroad. */
    private static boolean isCodeBeside(PhoneNumber number, WrittenNumber written) {
        int code = String.valueOf(number.getCountryCode()).length();
        String inside = written.digits().substring(written.opened(), written.closed());
        return written.opened() == 0 ? written.closed() == code
                : written.opened() == code && (!inside.equals("0") || "0".equals(NUMBERS.getNddPrefixForRegion(country(number), true)));
    }

    /**
     * Whether the digits are of one number, and not of a number with an extension, a fraction or the beginning of another one behind it:
     * what stands before a dot or a slash must not be long enough to be a number, and what stands before anything else no mobile number
     * that the rest would spoil.
     */
    private static boolean isWhole(PhoneNumber number, WrittenNumber written, Function<String, PhoneNumber> reading) {
        return written.cuts().stream().noneMatch(cut -> {
            PhoneNumber before = cut.after() < SHORTEST ? null : reading.apply(written.digits().substring(0, cut.after()));
            return before != null && (written.endsNumber(cut) || isMobile(before) && !NUMBERS.isValidNumber(number));
        });
    }

    /**
     * Which of two readings is meant: a mobile number rather than any other, and a number that is assigned rather than one that could be. Of two
     * that are equal the country's own, but for one that begins with the country's own code; of two that only could be neither.
     */
    private static PhoneNumber likelier(PhoneNumber international, PhoneNumber national, String country) {
        int difference = likelihood(international) - likelihood(national);
        if (difference != 0 || international == null || international.equals(national)) {
            return difference < 0 ? national : international;
        }
        return likelihood(national) == POSSIBLE ? null
                : international.getCountryCode() == NUMBERS.getCountryCodeForRegion(country) ? international : national;
    }

    private static int likelihood(PhoneNumber number) {
        return number == null ? 0 : !NUMBERS.isValidNumber(number) ? POSSIBLE : isMobile(number) ? POSSIBLE + 2 : POSSIBLE + 1;
    }

    /** Whether libphonenumber knows how the country writes its numbers. */
    public static boolean knows(String country) {
        return NUMBERS.getSupportedRegions().contains(country);
    }

    /** Without an area's code a number is nobody's, whatever country's code stands before it. */
    private static PhoneNumber any(String text, String country) {
        try {
            PhoneNumber number = NUMBERS.parse(text, country);
            return NUMBERS.isPossibleNumberWithReason(number) == ValidationResult.IS_POSSIBLE && digits(number).length() <= LONGEST ? number : null;
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

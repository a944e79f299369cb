package io.smsbridge.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A phone number as somebody wrote it: its digits, and where something else stood between them. Blanks, hyphens, dots, slashes and one
 * pair of parentheses may stand between digits; anything else makes the text no number. Digits of any script are taken.
 *
 * @param international whether + or 00 stood before the digits; neither is among them
 * @param cuts          where digits were set apart
 * @param opened        how many digits stood before the parenthesis; -1 without one
 * @param closed        how many before its end
 */
record WrittenNumber(boolean international, String digits, List<Cut> cuts, int opened, int closed) {

    /** With 00, a trunk zero and some room: a number has 15 digits at most. */
    private static final int MOST_DIGITS = 20;
    private static final int OTHER = 0;

    /** @param after how many digits stood before it */
    record Cut(int after, char by) {
    }

    /** Null when the text is no number. */
    static WrittenNumber read(String text) {
        Reader reader = new Reader();
        return CopiedText.cleaned(text).codePoints().allMatch(reader::take) ? reader.number() : null;
    }

    boolean hasParentheses() {
        return opened >= 0;
    }

    /** A dot alone can be a decimal point, and a slash can stand before another number: neither may follow a whole number. */
    boolean endsNumber(Cut cut) {
        return cut.by() == '/' || cut.by() == '.' && cuts.stream().filter(other -> other.by() == '.').count() == 1;
    }

    /** What a character stands for, look-alikes included; 0 for anything that has no place in a number. */
    private static int meaning(int c) {
        return switch (c) {
            case '+', 0xFF0B -> '+';
            case '.', 0xFF0E -> '.';
            case '/', 0xFF0F -> '/';
            case '(', 0xFF08 -> '(';
            case ')', 0xFF09 -> ')';
            // The minus sign, and what Japanese keyboards make of a hyphen.
            case 0x2212, 0x30FC -> '-';
            default -> switch (Character.getType(c)) {
                case Character.DECIMAL_DIGIT_NUMBER -> '0' + Character.digit(c, 10);
                case Character.SPACE_SEPARATOR -> ' ';
                case Character.DASH_PUNCTUATION -> '-';
                default -> OTHER;
            };
        };
    }

    private static final class Reader {

        private final StringBuilder digits = new StringBuilder();
        private final List<Cut> cuts = new ArrayList<>();
        private boolean plus;
        private int opened = -1;
        private int closed = -1;
        /** What has stood since the last digit; 0 for nothing. */
        private char between;

        /** Whether a number can go on with the character. */
        boolean take(int character) {
            char c = (char) meaning(character);
            return switch (c) {
                case OTHER -> false;
                case '+' -> digits.isEmpty() && !plus && (plus = true);
                case '(' -> opened < 0 && open();
                case ')' -> inParentheses() && digits.length() > opened && close();
                case ' ' -> between != OTHER || digits.isEmpty() || separate(c);
                case '-', '.', '/' -> !digits.isEmpty() && (between == OTHER || between == ' ') && !inParentheses() && separate(c);
                default -> digit(c);
            };
        }

        private boolean inParentheses() {
            return opened >= 0 && closed < 0;
        }

        private boolean open() {
            opened = digits.length();
            return true;
        }

        private boolean close() {
            closed = digits.length();
            return true;
        }

        private boolean separate(char c) {
            between = c;
            return true;
        }

        private boolean digit(char c) {
            if (between != OTHER) {
                cuts.add(new Cut(digits.length(), between));
                between = OTHER;
            }
            digits.append(c);
            return digits.length() <= MOST_DIGITS;
        }

        /** Null where the text ends with something that another digit should follow. */
        WrittenNumber number() {
            if (between != OTHER || inParentheses() || closed == digits.length() || cuts.stream().filter(cut -> cut.by() == '/').count() > 1) {
                return null;
            }
            if (plus || digits.indexOf("00") != 0) {
                return new WrittenNumber(plus, digits.toString(), cuts, opened, closed);
            }
            return new WrittenNumber(true, digits.substring(2), cuts.stream().filter(cut -> cut.after() > 2)
                    .map(cut -> new Cut(cut.after() - 2, cut.by())).toList(), opened < 0 ? -1 : Math.max(0, opened - 2), closed - 2);
        }
    }
}

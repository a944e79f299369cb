package io.smsbridge.text;

/**
 * Why a call failed.
 *
 * @param brief for the log: a status, the name of an error
 * @param whole also what was answered, or an error's message, which can quote a text or a number
 */
public record Failure(String brief, String whole) {

    /** Of an error that was met, and not answered. */
    public static Failure of(Throwable error) {
        return new Failure(LoggedError.brief(error), error.getClass().getSimpleName() + ": " + error.getMessage());
    }

    /** Behind the HTTP status of the answer; 0 for none. */
    public Failure answered(int code) {
        return code == 0 ? this : new Failure(("HTTP " + code + " " + brief).strip(), "HTTP " + code + " " + whole);
    }

    public Failure cut(int longest) {
        return new Failure(brief, Texts.cut(whole, longest));
    }

    /** Behind other words. */
    public Failure after(String words) {
        return new Failure(words + brief, words + whole);
    }
}

package io.smsbridge.text;

import java.io.IOException;
import java.sql.SQLException;

import com.fasterxml.jackson.core.JsonProcessingException;

/** An error as the log shows it: where it happened and of what kind it is, without messages that can quote a text or a number. */
public final class LoggedError extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int MOST_CAUSES = 10;

    private LoggedError(Throwable error, int causes) {
        super(brief(error), error.getCause() == null || causes == 0 ? null : new LoggedError(error.getCause(), causes - 1));
        setStackTrace(error.getStackTrace());
    }

    /** With the stack traces of the error and its causes. */
    public static LoggedError of(Throwable error) {
        return new LoggedError(error, MOST_CAUSES);
    }

    /** Its class. Of a connection or a database also what it says, numbers masked, and of JSON the place: neither quotes what somebody wrote. */
    public static String brief(Throwable error) {
        String name = error.getClass().getSimpleName();
        if (error instanceof JsonProcessingException json) {
            return name + (json.getLocation() == null ? "" : " at line " + json.getLocation().getLineNr() + ", column " + json.getLocation().getColumnNr());
        }
        return error instanceof IOException || error instanceof SQLException ? name + ": " + PhoneMask.masked(error.getMessage()) : name;
    }
}

package io.smsbridge.http;

/** A request that is answered with an error. Without a stack trace: it is the caller's mistake, and common. */
public final class RefusedCall extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    /** @param status the HTTP status of the answer */
    public RefusedCall(int status, String error) {
        super(error, null, false, false);
        this.status = status;
    }

    public int status() {
        return status;
    }
}

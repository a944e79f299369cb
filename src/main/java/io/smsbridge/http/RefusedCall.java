package io.smsbridge.http;

/** A request that is answered with an error. Without a stack trace: it is the caller's mistake, and common. */
public final class RefusedCall extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final long retryAfter;
    private final long hold;

    /** @param status the HTTP status of the answer */
    public RefusedCall(int status, String error) {
        this(status, error, 0);
    }

    /** @param retryAfter seconds after which the caller may come again; 0 for the usual of the status */
    public RefusedCall(int status, String error, long retryAfter) {
        this(status, error, retryAfter, 0);
    }

    private RefusedCall(int status, String error, long retryAfter, long hold) {
        super(error, null, false, false);
        this.status = status;
        this.retryAfter = retryAfter;
        this.hold = hold;
    }

    /** @param hold milliseconds for which the answer is held back, so that its caller can't ask again at once */
    public static RefusedCall held(int status, String error, long hold) {
        return new RefusedCall(status, error, 0, hold);
    }

    public long retryAfter() {
        return retryAfter;
    }

    long hold() {
        return hold;
    }

    public int status() {
        return status;
    }
}

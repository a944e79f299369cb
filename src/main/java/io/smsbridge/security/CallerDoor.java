package io.smsbridge.security;

import io.micrometer.core.instrument.MeterRegistry;
import io.smsbridge.http.ClientAddress;
import io.smsbridge.http.DoorRefusals;
import io.smsbridge.http.HttpCall;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.http.SlowDown;
import org.apache.camel.Exchange;

/** Bean {@code callers}: who may call /sms. */
public final class CallerDoor {

    static final String DOOR = "callers";

    private final CallerDirectory directory;
    private final CallerCheck check;
    private final boolean openWithoutCallers;
    private final boolean open;
    private final Caller anyone;
    private final String cure;
    private final SlowDown slow;
    private final DoorRefusals refusals;

    /**
     * @param header             the header that may hold the key, besides Authorization
     * @param open               whether anyone may call
     * @param openWithoutCallers whether anyone may as long as there is no caller
     */
    CallerDoor(CallerDirectory directory, CallerCheck check, String header, boolean open, boolean openWithoutCallers, SlowDown slow, DoorRefusals refusals,
            MeterRegistry meters) {
        this.directory = directory;
        this.check = check;
        this.open = open;
        this.openWithoutCallers = openWithoutCallers;
        this.slow = slow;
        this.refusals = refusals;
        anyone = Caller.anyone(meters);
        cure = "give the caller's key as Authorization: Bearer KEY, " + header + ": KEY, or the password of Basic, or a token of POST /oauth/token";
        refusals.expect(DOOR, "missing", "wrong", "slowed", "network");
    }

    /**
     * Sets the variable caller. It is part of each request's cost: one SHA-256 and two look-ups in memory.
     * Errors: 401, 403 from a network that is not the caller's, 429 after wrong credentials or beyond the caller's rate.
     */
    public void check(Exchange exchange, HttpCall call) {
        Caller caller = caller(call);
        caller.takeRequest();
        exchange.setVariable("caller", caller);
    }

    private Caller caller(HttpCall call) {
        CallerCheck.Passed passed = check.of(call);
        if (passed == null && isOpen()) {
            return anyone;
        }
        if (passed == null && !check.isShown(call)) {
            refusals.count(DOOR, "missing");
            throw new RefusedCall(401, "the credential is missing: " + cure);
        }
        String source = ClientAddress.of(call);
        admit(passed, source, slow, refusals, DOOR);
        if (passed == null) {
            throw new RefusedCall(401, "the credential is wrong or has expired: " + cure);
        }
        return passed.caller();
    }

    private boolean isOpen() {
        return open || openWithoutCallers && directory.isEmpty();
    }

    /**
     * Counts what is wrong, and slows its source down. A credential that was right from the same source before is not slowed down: behind a
     * proxy, or in one network, somebody else's guesses must not cost a caller his messages.
     */
    static void admit(CallerCheck.Passed passed, String source, SlowDown slow, DoorRefusals refusals, String door) {
        boolean known = passed != null && passed.credential() != null && passed.credential().isKnownFrom(source);
        long wait = known ? 0 : slow.secondsToWait(source);
        if (wait > 0) {
            refusals.count(door, "slowed");
            throw new RefusedCall(429, "too many wrong credentials came from " + source + "; wait " + wait + " s", wait);
        }
        if (passed == null) {
            refusals.wrong(door, "wrong", source, slow.failed(source));
        } else if (!passed.caller().mayCallFrom(source)) {
            refusals.count(door, "network");
            throw new RefusedCall(403, "caller " + passed.caller().name() + " may not call from " + source + "; add its network with caller change");
        } else if (passed.credential() != null) {
            passed.credential().passedFrom(source);
        }
    }
}

package io.smsbridge.security;

import java.util.Set;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.text.Networks;

/** Who calls /sms: the exchange variable {@code caller}. */
public final class Caller {

    /** In metrics, whoever calls where anyone may. */
    static final String ANYONE = "anyone";

    private final CallerRow row;
    private final Set<String> accounts;
    private final Networks networks;
    private final CallerRate requests;
    private final CallerRate recipients;
    private final Counter requestsCounter;
    private final Counter recipientsCounter;

    private Caller(CallerRow row, MeterRegistry meters) {
        this.row = row;
        accounts = CallerRow.names(row.accounts());
        networks = Networks.of(row.networks());
        requests = new CallerRate(row.requestsPerSecond(), System::currentTimeMillis);
        recipients = new CallerRate(row.recipientsPerSecond(), System::currentTimeMillis);
        requestsCounter = Counter.builder("smsbridge.caller.requests").tag("caller", name()).register(meters);
        recipientsCounter = Counter.builder("smsbridge.caller.recipients").tag("caller", name()).register(meters);
    }

    static Caller of(CallerRow row, MeterRegistry meters) {
        return new Caller(row, meters);
    }

    /** Without limits. */
    static Caller unlimited(String name, MeterRegistry meters) {
        return new Caller(new CallerRow(name, "", "", 0, 0, 0, 0), meters);
    }

    static Caller anyone(MeterRegistry meters) {
        return unlimited(ANYONE, meters);
    }

    CallerRow row() {
        return row;
    }

    public String name() {
        return row.name();
    }

    /** Null for whoever calls where anyone may. */
    public String known() {
        return name().equals(ANYONE) ? null : name();
    }

    public boolean mayUse(String account) {
        return accounts.isEmpty() || accounts.contains(account);
    }

    /** The account of its requests that name none: its own, where it has only one, else the one given. */
    public String accountOr(String usual) {
        return accounts.size() == 1 ? accounts.iterator().next() : usual;
    }

    boolean mayCallFrom(String source) {
        return networks.isEmpty() || networks.contains(source);
    }

    /** Error: 429. */
    void takeRequest() {
        refuse(requests.take(1), requests.perSecond(), "requests");
        requestsCounter.increment();
    }

    /** Takes the recipients of a request from what the caller may send in a second. Error: 429. */
    public void takeRecipients(int n) {
        refuse(recipients.take(n), recipients.perSecond(), "recipients");
    }

    private void refuse(long wait, int perSecond, String what) {
        if (wait > 0) {
            throw new RefusedCall(429, "caller " + name() + " may send " + perSecond + " " + what + " in a second; nothing of the request was"
                    + " accepted. Send it again after Retry-After, or have the limit raised (caller change " + name() + ")", wait);
        }
    }

    /** Most recipients that are accepted of it in a day; 0: no limit. */
    public int recipientsPerDay() {
        return row.recipientsPerDay();
    }

    /** Counts recipients that were accepted of it. */
    public void accepted(int n) {
        recipientsCounter.increment(n);
    }

    /** As it stands in log lines and expressions. */
    @Override
    public String toString() {
        return name();
    }
}

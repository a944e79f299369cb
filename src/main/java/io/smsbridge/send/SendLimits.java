package io.smsbridge.send;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.smsbridge.ledger.LedgerStatement;
import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.settings.AccountSettings;

/**
 * How many are accepted of an account and of a caller in a day, and for one number in an hour. The counts are rows of the ledger, so that they
 * outlive a restart, and hold for all bridges that share it. One of these is for one transaction: ask for all, count, then take one by one.
 */
final class SendLimits {

    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    /** A count; in the order in which all bridges take the rows, so that none waits for another that waits for it. */
    private record Count(String kind, String name, String recipient, long millis) implements Comparable<Count> {
        @Override
        public int compareTo(Count other) {
            int kinds = kind.compareTo(other.kind);
            int names = kinds != 0 ? kinds : name.compareTo(other.name);
            return names != 0 ? names : recipient.compareTo(other.recipient);
        }
    }

    /** @param counted the refusal's name in metrics */
    private record Limit(Count count, int most, String counted, String cure) {
    }

    private static final class State {
        private int wanted;
        private int taken;
        private long before;
    }

    private final LedgerTransaction transaction;
    private final Map<Count, State> states = new TreeMap<>();

    SendLimits(LedgerTransaction transaction) {
        this.transaction = transaction;
    }

    /** None of what the bridge itself answers: whoever writes STOP is told, and strangers who write HELP use up nobody's day. */
    private static List<Limit> of(AccountSettings account, SendRequest request, Send send) {
        if (send.isForOptedOut()) {
            return List.of();
        }
        List<Limit> limits = new ArrayList<>(3);
        if (account.messagesPerRecipientAndHour() > 0) {
            limits.add(new Limit(new Count("recipient", account.name(), send.to(), HOUR), account.messagesPerRecipientAndHour(), SendMeters.RECIPIENT_PER_HOUR,
                    "account." + account.name() + ".messagesPerRecipientAndHour"));
        }
        if (account.recipientsPerDay() > 0) {
            limits.add(new Limit(new Count("account", account.name(), "", DAY), account.recipientsPerDay(), SendMeters.ACCOUNT_PER_DAY,
                    "account." + account.name() + ".recipientsPerDay"));
        }
        if (request.callersRecipientsPerDay() > 0) {
            limits.add(new Limit(new Count("caller", request.caller(), "", DAY), request.callersRecipientsPerDay(), SendMeters.CALLER_PER_DAY,
                    "caller change " + request.caller() + " --recipients-per-day"));
        }
        return limits;
    }

    void ask(AccountSettings account, SendRequest request, Send send) {
        // Most have none, and pay for three comparisons.
        if (account.messagesPerRecipientAndHour() > 0 || account.recipientsPerDay() > 0 || request.callersRecipientsPerDay() > 0) {
            of(account, request, send).forEach(limit -> states.computeIfAbsent(limit.count(), count -> new State()).wanted++);
        }
    }

    boolean isEmpty() {
        return states.isEmpty();
    }

    /** Counts all that were asked for; whoever is refused is taken back at the end. */
    void count() throws SQLException {
        for (Map.Entry<Count, State> one : states.entrySet()) {
            State state = one.getValue();
            LedgerStatement count = set(transaction.sql("count-accepted"), one.getKey()).set("endsAt", start(one.getKey()) + one.getKey().millis())
                    .set("wanted", state.wanted);
            state.before = count.query(row -> row.getLong(1)).get(0) - state.wanted;
        }
    }

    /** Takes one that was asked for; false, and refused in the request, where a limit has no room for it. */
    boolean take(AccountSettings account, SendRequest request, Send send) {
        List<Limit> limits = of(account, request, send);
        for (Limit limit : limits) {
            State state = states.get(limit.count());
            if (state.before + state.taken >= limit.most()) {
                request.refuse(send, reason(limit), "915", limit.counted());
                return false;
            }
        }
        limits.forEach(limit -> states.get(limit.count()).taken++);
        return true;
    }

    private String reason(Limit limit) {
        String what = limit.count().kind().equals("recipient") ? limit.most() + " in this hour to this number"
                : limit.most() + " recipients of this day (UTC) for the " + limit.count().kind() + " " + limit.count().name();
        return "to: the limit is used up, " + what + "; send it again from " + Instant.ofEpochMilli(start(limit.count()) + limit.count().millis())
                + " on, or have the limit raised (" + limit.cure() + ")";
    }

    void takeBackRefused() throws SQLException {
        for (Map.Entry<Count, State> one : states.entrySet()) {
            State state = one.getValue();
            if (state.taken < state.wanted) {
                set(transaction.sql("uncount-accepted"), one.getKey()).set("refused", state.wanted - state.taken).execute();
            }
        }
    }

    private LedgerStatement set(LedgerStatement statement, Count count) throws SQLException {
        return statement.set("kind", count.kind()).set("name", count.name()).set("recipient", count.recipient()).set("startsAt", start(count));
    }

    private long start(Count count) {
        return transaction.now() / count.millis() * count.millis();
    }
}

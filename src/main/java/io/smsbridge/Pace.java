package io.smsbridge;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.smsbridge.AccountPace.Turn;
import io.smsbridge.Settings.Block;
import io.smsbridge.Settings.Kind;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.util.TimeUtils;

/** Bean {@code pace}: when an account may make its next call to Infobip. Both lanes of an account share it, and high goes first. */
public final class Pace {

    /** The lane of what can't wait, as it stands in its queue's name. */
    static final String HIGH = ".high";

    private static final String TURN = "turn";
    /** In JSON a text can't hold it: its quotes would be escaped. */
    private static final byte[] RECIPIENT = "\"messageId\":".getBytes(StandardCharsets.UTF_8);

    /** Infobip refuses the key, not the call. */
    private static final Set<Integer> KEY_REFUSED = Set.of(401, 403);

    private final Map<String, AccountPace> accounts;
    /** Those whose calls are made again. Who wants no retries wants no waiting either. */
    private final Set<String> waiting;

    Pace(Settings settings) {
        accounts = settings.blocks(Kind.ACCOUNT).stream().collect(Collectors.toMap(Block::name, account -> new AccountPace(account.name(),
                account.has("messagesPerSecond") ? Double.parseDouble(account.get("messagesPerSecond")) : 0,
                Integer.parseInt(account.get("parallelSends")), TimeUtils.toMilliSeconds(account.get("retryDelay")),
                TimeUtils.toMilliSeconds(account.get("retryMaxDelay")), () -> System.nanoTime() / 1_000_000)));
        waiting = settings.blocks(Kind.ACCOUNT).stream().filter(account -> TimeUtils.toMilliSeconds(account.get("retryMaxAge")) > 0).map(Block::name)
                .collect(Collectors.toSet());
    }

    /** Waits for the turn of the call in the body, and keeps it in the variable turn; there is none when the bridge stops before that. */
    public void awaitTurn(Exchange exchange, @Variable("account") String account, @Variable("lane") String lane, @Body byte[] call) {
        AccountPace pace = accounts.get(account);
        Turn turn = pace.await(HIGH.equals(lane), recipients(call));
        if (turn == null) {
            return;
        }
        exchange.setVariable(TURN, turn);
        // Whatever happens on the way, the turn ends with the exchange.
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                pace.ended(turn);
            }
        });
    }

    /**
     * Ends the call's turn with what came of it: statusCode, outcome ({@code retry} where it is to be tried again) and retryAfter.
     * Keeps in the variable callMillis how long it took, and in hold whether the call is to wait for the account as if it had not been made,
     * since Infobip refuses the account's key.
     */
    public void answered(Exchange exchange, @Variable("account") String account, @Variable(TURN) Turn turn, @Variable("statusCode") int statusCode,
            @Variable("outcome") String outcome, @Variable("retryAfter") String retryAfter) {
        AccountPace pace = accounts.get(account);
        exchange.setVariable("callMillis", turn.millis());
        boolean hold = KEY_REFUSED.contains(statusCode) && waiting.contains(account);
        exchange.setVariable("hold", hold);
        // In this order, so that nobody goes before what was answered is heeded.
        if (hold) {
            pace.keyRefused(turn, statusCode);
        } else {
            pace.answered(turn, statusCode, "retry".equals(outcome), Retries.asked(retryAfter));
        }
        pace.ended(turn);
    }

    Set<String> accounts() {
        return accounts.keySet();
    }

    /** Recipients in a second at present; 0: no limit. */
    double rate(String account) {
        return accounts.get(account).rate();
    }

    /** Milliseconds until the account's next call; 0 where it is not paused. */
    long pause(String account) {
        return accounts.get(account).pause();
    }

    /** Nobody waits for a turn any longer. */
    void stop() {
        accounts.values().forEach(AccountPace::stop);
    }

    private static int recipients(byte[] call) {
        int count = 0;
        for (int i = 0; i <= call.length - RECIPIENT.length; i++) {
            if (call[i] == '"' && Arrays.equals(call, i, i + RECIPIENT.length, RECIPIENT, 0, RECIPIENT.length)) {
                count++;
                i += RECIPIENT.length - 1;
            }
        }
        return Math.max(count, 1);
    }
}

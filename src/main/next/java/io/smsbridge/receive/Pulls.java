package io.smsbridge.receive;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bean {@code pulls}: the steps of asking Infobip for what it has to tell. Headers account and kind say whom and what for. */
public final class Pulls {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.pull");
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    /** As many are asked for at one time; where so many come, more may wait. */
    private static final int FULL = 1_000;
    private static final String RESULTS = "pulledResults";

    private final BooleanSupplier full;
    private final UnaryOperator<String> mask;
    /** What was said last of each account and kind, so that it is said once. */
    private final Map<String, String> failures = new ConcurrentHashMap<>();

    /** @param full whether there is no room to store what comes */
    Pulls(BooleanSupplier full, UnaryOperator<String> mask) {
        this.full = full;
        this.mask = mask;
    }

    /** Whether to ask: in a round's beginning, and while answers are full. */
    public boolean mayBeMore(Exchange exchange) {
        return exchange.getProperty(RESULTS, FULL, int.class) >= FULL && !full.getAsBoolean();
    }

    public void begin(Exchange exchange) {
        exchange.setProperty(RESULTS, 0);
        exchange.getMessage().setBody(null);
        exchange.getMessage().setHeader("Accept", "application/json");
    }

    /** Reads an answer; the body becomes a webhook of it. What is no page of results is an error. */
    public void read(Exchange exchange, @Header("account") String account, @Header("kind") String kind) throws IOException {
        int code = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 0, int.class);
        byte[] page = exchange.getMessage().getBody(byte[].class);
        if (code != 200) {
            throw new IOException("Infobip answered " + code);
        }
        int results = page == null || page.length == 0 ? 0 : results(page);
        exchange.setProperty(RESULTS, results);
        exchange.getMessage().removeHeaders("*", "account", "kind");
        Webhooks.begin(exchange, new Webhook(kind, account, System.currentTimeMillis(), page));
        if (failures.remove(account + " " + kind) != null) {
            LOG.info("account {}: {} are fetched again", account, kind);
        }
    }

    private static int results(byte[] page) throws IOException {
        JsonNode answer = JSON.readTree(page);
        if (!answer.path("results").isArray()) {
            throw new IOException("Infobip's answer is no page of results; check the account's baseUrl");
        }
        return answer.get("results").size();
    }

    public boolean hasSome(Exchange exchange) {
        return exchange.getProperty(RESULTS, 0, int.class) > 0;
    }

    /** Says why nothing was fetched, unless it was said before. */
    public void failed(Exchange exchange, @Header("account") String account, @Header("kind") String kind) {
        Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        String reason = mask.apply(error.getClass().getSimpleName() + ": " + String.valueOf(error.getMessage()).lines().findFirst().orElse(""));
        if (!reason.equals(failures.put(account + " " + kind, reason))) {
            LOG.warn("account {}: no {} fetched, tried again at each interval: {}", account, kind, reason);
        }
    }

    /** Why nothing can be fetched for an account at present; null where it can. */
    public String failure(String account) {
        return failures.entrySet().stream().filter(entry -> entry.getKey().startsWith(account + " ")).map(Map.Entry::getValue).findFirst().orElse(null);
    }
}

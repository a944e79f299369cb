package io.smsbridge.receive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smsbridge.text.LoggedError;
import io.smsbridge.text.PhoneMask;
import io.smsbridge.text.Texts;
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
    private static final int SHOWN = 100;

    private final BooleanSupplier full;
    private final ReceiveMeters meters;
    /** What was said last of each account and kind, so that it is said once. */
    private final Map<String, String> failures = new ConcurrentHashMap<>();

    /** @param full whether there is no room to store what comes */
    Pulls(BooleanSupplier full, ReceiveMeters meters) {
        this.full = full;
        this.meters = meters;
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
            throw new NoPage("Infobip answered " + code + (code == 401 || code == 403 ? ": check baseUrl, apiKey and its scopes" : ""));
        }
        exchange.setProperty(RESULTS, page == null ? 0 : results(page));
        exchange.getMessage().removeHeaders("*", "account", "kind");
        Webhooks.begin(exchange, new Webhook(kind, account, System.currentTimeMillis(), page));
        ended(account, kind, null);
    }

    /** How many there are. A page that can't be read counts as one: it was handed out once, and is recorded as a webhook is that can't be read. */
    private static int results(byte[] page) throws NoPage {
        JsonNode answer;
        try {
            answer = JSON.readTree(page);
        } catch (IOException e) {
            if (new String(page, StandardCharsets.UTF_8).contains("\"results\"")) {
                return 1;
            }
            throw NoPage.with("no JSON");
        }
        if (answer.isMissingNode()) {
            return 0;
        }
        if (answer.path("results").isArray()) {
            return answer.get("results").size();
        }
        List<String> fields = new ArrayList<>();
        answer.fieldNames().forEachRemaining(fields::add);
        throw NoPage.with(answer.isObject() ? "a JSON object of the fields " + Texts.cut(String.join(", ", fields), SHOWN) : "JSON that is no object");
    }

    public boolean hasSome(Exchange exchange) {
        return exchange.getProperty(RESULTS, 0, int.class) > 0;
    }

    /** Says why nothing was fetched, unless it was said before. */
    public void failed(Exchange exchange, @Header("account") String account, @Header("kind") String kind) {
        Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        ended(account, kind, error instanceof NoPage ? PhoneMask.masked(error.getMessage()) : LoggedError.brief(error));
    }

    /** Says why a page that was fetched could not be stored; it is tried again. */
    void notStored(Exchange exchange) {
        Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Webhook page = exchange.getProperty(Webhook.PROPERTY, Webhook.class);
        LOG.warn("account {}: fetched {} could not be stored, and are tried again: {}", page.account(), page.kind(), LoggedError.brief(error));
    }

    private void ended(String account, String kind, String problem) {
        meters.pulled(account, kind, problem == null ? null : "fetching " + kind + ": " + problem);
        String key = account + " " + kind;
        String before = problem == null ? failures.remove(key) : failures.put(key, problem);
        if (Objects.equals(problem, before)) {
            return;
        }
        if (problem == null) {
            LOG.info("account {}: {} are fetched again", account, kind);
        } else {
            LOG.warn("account {}: no {} fetched, tried again at each interval: {}", account, kind, problem);
        }
    }

    /** An answer that Infobip would not give, or that hands nothing out. */
    private static final class NoPage extends IOException {

        private static final long serialVersionUID = 1L;

        NoPage(String message) {
            super(message);
        }

        static NoPage with(String what) {
            return new NoPage("what answers there is not Infobip, or hands out no such pages: it answered 200 with " + what
                    + ", and not {\"results\": [...]}. Check baseUrl");
        }
    }
}

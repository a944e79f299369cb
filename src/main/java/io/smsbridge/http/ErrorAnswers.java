package io.smsbridge.http;

import java.util.function.BiConsumer;

import io.smsbridge.ledger.LedgerAway;
import io.smsbridge.text.LoggedError;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bean {@code errorAnswers}: answers a caller whose request failed. */
public final class ErrorAnswers {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.http");

    private final BiConsumer<String, Integer> counter;

    /** @param counter counts an answer by route and status */
    public ErrorAnswers(BiConsumer<String, Integer> counter) {
        this.counter = counter;
    }

    /** Answers the exchange's error: a refusal with its own status, a ledger that is away with 503, anything else with 500. */
    public void answer(Exchange exchange) {
        Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        int status = error instanceof RefusedCall refused ? refused.status() : error instanceof LedgerAway ? 503 : 500;
        String text = error instanceof RefusedCall ? error.getMessage()
                : error instanceof LedgerAway ? "the request can't be stored now; nothing of it was accepted. Send it again later"
                : "the bridge could not handle the request; its log says why";
        if (status == 500) {
            LOG.error("{}: a request can't be handled", exchange.getFromRouteId(), LoggedError.of(error));
        }
        counter.accept(exchange.getFromRouteId(), status);
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        if (error instanceof RefusedCall refused && refused.hold() > 0) {
            exchange.setProperty(HttpCallEngine.HOLD, refused.hold());
        }
        if (error instanceof RefusedCall refused && refused.retryAfter() > 0) {
            exchange.getMessage().setHeader("Retry-After", refused.retryAfter());
        } else if (status == 503) {
            exchange.getMessage().setHeader("Retry-After", HttpErrors.RETRY_AFTER);
        }
        exchange.getMessage().setBody(HttpErrors.json(text));
    }
}

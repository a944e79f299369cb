package io.smsbridge.forward;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.smsbridge.http.QueryString;
import io.smsbridge.http.RefusedCall;
import org.apache.camel.Exchange;
import org.apache.camel.Header;

/** Bean {@code deadLetterCalls}: what an operator asks of the dead letters over HTTP. Wrong words are answered 400, an unknown id 404. */
public final class DeadLetterCalls {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DeadLetters letters;

    DeadLetterCalls(DeadLetters letters) {
        this.letters = letters;
    }

    @FunctionalInterface
    private interface Call {
        Map<String, Object> answer() throws Exception;
    }

    public Map<String, Object> list(@Header(Exchange.HTTP_RAW_QUERY) String query) throws Exception {
        return answered(() -> letters.list(choices(query)));
    }

    public Map<String, Object> replay(@Header(Exchange.HTTP_RAW_QUERY) String query) throws Exception {
        return answered(() -> letters.replay(choices(query)));
    }

    public Map<String, Object> discard(@Header(Exchange.HTTP_RAW_QUERY) String query) throws Exception {
        return answered(() -> letters.discard(choices(query)));
    }

    public Map<String, Object> show(@Header(Exchange.HTTP_PATH) String path) throws Exception {
        return answered(() -> letters.letter(id(path)));
    }

    public Map<String, Object> replayOne(@Header(Exchange.HTTP_PATH) String path) throws Exception {
        return answered(() -> letters.replay(Map.of("id", id(path))));
    }

    public Map<String, Object> discardOne(@Header(Exchange.HTTP_PATH) String path) throws Exception {
        return answered(() -> letters.discard(Map.of("id", id(path))));
    }

    /** The body as JSON. */
    public void answer(Exchange exchange) throws IOException {
        byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(exchange.getMessage().getBody());
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setBody(json);
    }

    private static Map<String, Object> answered(Call call) throws Exception {
        try {
            return call.answer();
        } catch (IllegalArgumentException e) {
            throw new RefusedCall(400, e.getMessage());
        } catch (NoSuchElementException e) {
            throw new RefusedCall(404, e.getMessage());
        } catch (SQLException e) {
            throw new RefusedCall(503, "the ledger's database can't be read now: " + e.getMessage());
        }
    }

    /** From the path itself: a query parameter of the same name would join the header. */
    private static String id(String path) {
        return path.replaceAll("^/+", "").split("/")[1];
    }

    private static Map<String, Object> choices(String query) {
        Map<String, Object> choices = new LinkedHashMap<>();
        choices.putAll(QueryString.parse(query));
        return choices;
    }
}

package io.smsbridge.people;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.text.PhoneNumbers;
import io.vertx.ext.auth.User;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConstants;

/** Bean {@code peopleCalls}: what an operator asks about a person over HTTP. What is no number is answered 400, a ledger that is away 503. */
public final class PeopleCalls {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final People people;

    PeopleCalls(People people) {
        this.people = people;
    }

    @FunctionalInterface
    private interface Call {
        Map<String, Object> answer(String number, String user) throws Exception;
    }

    public Map<String, Object> show(@Header(Exchange.HTTP_PATH) String path, @Header(VertxPlatformHttpConstants.AUTHENTICATED_USER) User user) throws Exception {
        return answered(path, user, people::show);
    }

    /** The answer's status is 409 where something is left, for which the call is to be made again. */
    public Map<String, Object> erase(@Header(Exchange.HTTP_PATH) String path, @Header(VertxPlatformHttpConstants.AUTHENTICATED_USER) User user) throws Exception {
        Map<String, Object> erased = answered(path, user, people::erase);
        if (erased.get("waiting").equals(0)) {
            return erased;
        }
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("status", "error");
        error.put("error", "what waits in " + erased.get("waiting") + " places is being sent or told, is another bridge's, or names the person to somebody else; "
                + "all else is erased: call again, at each bridge, until waiting is 0");
        error.putAll(erased);
        return error;
    }

    /** The body as JSON. */
    public void answer(Exchange exchange, Map<String, Object> said) throws IOException {
        byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(said);
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, said.containsKey("error") ? 409 : 200);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setBody(json);
    }

    private static Map<String, Object> answered(String path, User user, Call call) throws Exception {
        String number = number(path);
        try {
            return call.answer(number, user == null ? "nobody known" : user.principal().getString("username"));
        } catch (SQLException e) {
            throw new RefusedCall(503, "the ledger's database can't be read now; ask again later");
        }
    }

    /** From the path itself: a query parameter of the same name would join the header. */
    private static String number(String path) {
        PhoneNumber number;
        try {
            number = PhoneNumbers.parse(URLDecoder.decode(path.substring(path.lastIndexOf('/') + 1).replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            number = null;
        }
        if (number == null) {
            throw new RefusedCall(400, "number: is not a phone number in international form, such as 447700900123");
        }
        return PhoneNumbers.digits(number);
    }
}

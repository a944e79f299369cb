package io.smsbridge.people;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import io.smsbridge.http.RefusedCall;
import io.smsbridge.text.PhoneNumbers;
import org.apache.camel.Exchange;
import org.apache.camel.Header;

/** Bean {@code peopleCalls}: what an operator asks about a person over HTTP. What is no number is answered 400, a ledger that is away 503. */
public final class PeopleCalls {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final People people;

    PeopleCalls(People people) {
        this.people = people;
    }

    @FunctionalInterface
    private interface Call {
        Map<String, Object> answer(String number) throws Exception;
    }

    public Map<String, Object> show(@Header(Exchange.HTTP_PATH) String path) throws Exception {
        return answered(path, people::show);
    }

    public Map<String, Object> erase(@Header(Exchange.HTTP_PATH) String path) throws Exception {
        return answered(path, people::erase);
    }

    /** The body as JSON. */
    public void answer(Exchange exchange) throws IOException {
        byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(exchange.getMessage().getBody());
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setBody(json);
    }

    private static Map<String, Object> answered(String path, Call call) throws Exception {
        String number = number(path);
        try {
            return call.answer(number);
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

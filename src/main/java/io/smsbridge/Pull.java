package io.smsbridge;

import java.io.IOException;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Bean {@code pull}: how much an answer of Infobip's holds that was asked for inbound messages or delivery reports. */
public final class Pull {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** The number of elements in {@code results}; 0 also when there is nothing at all, -1 when it is something else. */
    public int results(byte[] body) {
        if (body == null) {
            return 0;
        }
        try {
            JsonNode answer = JSON.readTree(body);
            return answer.isMissingNode() ? 0 : answer.path("results").isArray() ? answer.get("results").size() : -1;
        } catch (IOException e) {
            return -1;
        }
    }
}

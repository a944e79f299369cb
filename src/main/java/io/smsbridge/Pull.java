package io.smsbridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Bean {@code pull}: what an answer of Infobip's holds that was asked for inbound messages or delivery reports. */
public final class Pull {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Pattern BEGINS_AS_A_PAGE = Pattern.compile("\\s*\\{\\s*\"results\"\\s*:\\s*\\[");
    private static final int SHOWN = 100;

    private final Map<String, String> told = new ConcurrentHashMap<>();
    private final Mask mask = new Mask();
    private final Health health;
    private final LastErrors lastErrors;

    Pull(Health health, LastErrors lastErrors) {
        this.health = health;
        this.lastErrors = lastErrors;
    }

    /**
     * The number of elements in {@code results}; 0 also when there is nothing at all. -1 is a page that can't be read: it was handed out
     * once, and has to be kept.
     *
     * @throws NoPage for anything else, of which nothing is to be kept
     */
    public int results(byte[] body) throws NoPage {
        if (body == null) {
            return 0;
        }
        JsonNode answer;
        try {
            answer = JSON.readTree(body);
        } catch (IOException e) {
            if (BEGINS_AS_A_PAGE.matcher(new String(body, StandardCharsets.UTF_8)).lookingAt()) {
                return -1;
            }
            throw new NoPage("no JSON");
        }
        if (answer.isMissingNode()) {
            return 0;
        }
        if (answer.path("results").isArray()) {
            return answer.get("results").size();
        }
        List<String> fields = new ArrayList<>();
        answer.fieldNames().forEachRemaining(fields::add);
        throw new NoPage(answer.isObject() ? "a JSON object of the fields " + Texts.cut(String.join(", ", fields), SHOWN) : "JSON that is no object");
    }

    /** Notes how a round of an account ended, null or empty for well. Says whether that is news: it ended otherwise the last time. */
    public boolean isNews(String account, String kind, String problem) {
        String reason = problem == null || problem.isEmpty() ? null : "fetching " + kind + ": " + mask.numbers(problem);
        health.pulled(account, kind, reason);
        if (reason != null) {
            lastErrors.note("sends." + account, reason);
        }
        String key = account + " " + kind;
        return !Objects.equals(reason, reason == null ? told.remove(key) : told.put(key, reason));
    }

    /** An answer of 200 that Infobip would not give. */
    static final class NoPage extends Exception {

        private static final long serialVersionUID = 1L;

        NoPage(String what) {
            super("what answers there is not Infobip, or hands out no such pages: it answered 200 with " + what
                    + ", and not {\"results\": [...]}. Check baseUrl");
        }
    }
}

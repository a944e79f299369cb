package io.smsbridge;

import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.smsbridge.forward.DeadLetters;
import org.apache.camel.util.function.ThrowingSupplier;

/** The MBean {@code io.smsbridge:type=dead-letters}. */
final class DeadLettersManaged implements DeadLettersMXBean {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DeadLetters letters;

    DeadLettersManaged(DeadLetters letters) {
        this.letters = letters;
    }

    @Override
    public long getTotal() throws Exception {
        return getCountsByQueue().values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public Map<String, Long> getCountsByQueue() throws Exception {
        return letters.counts().get("queues");
    }

    @Override
    public Map<String, Long> getCountsByReason() throws Exception {
        return letters.counts().get("reasons");
    }

    @Override
    public String list(String downstream, String account, String reason, String olderThan, String newerThan, int limit, String after) throws Exception {
        Map<String, Object> choices = choices(downstream, account, reason, olderThan, newerThan);
        choices.put("limit", limit == 0 ? null : limit);
        choices.put("after", after);
        return json(() -> letters.list(choices));
    }

    @Override
    public String show(String id) throws Exception {
        return json(() -> letters.letter(id));
    }

    @Override
    public String replayOne(String id) throws Exception {
        return json(() -> letters.replay(Map.of("id", id)));
    }

    @Override
    public String replay(String downstream, String account, String reason, String olderThan, String newerThan) throws Exception {
        return json(() -> letters.replay(choices(downstream, account, reason, olderThan, newerThan)));
    }

    @Override
    public String replayAll() throws Exception {
        return json(() -> letters.replay(Map.of("all", "true")));
    }

    @Override
    public String discardOne(String id) throws Exception {
        return json(() -> letters.discard(Map.of("id", id)));
    }

    @Override
    public String discard(String downstream, String account, String reason, String olderThan, String newerThan) throws Exception {
        return json(() -> letters.discard(choices(downstream, account, reason, olderThan, newerThan)));
    }

    @Override
    public String discardAll() throws Exception {
        return json(() -> letters.discard(Map.of("all", "true")));
    }

    private static Map<String, Object> choices(String downstream, String account, String reason, String olderThan, String newerThan) {
        Map<String, Object> choices = new HashMap<>();
        choices.put("downstream", downstream);
        choices.put("account", account);
        choices.put("reason", reason);
        choices.put("olderThan", olderThan);
        choices.put("newerThan", newerThan);
        return choices;
    }

    private static String json(ThrowingSupplier<Object, Exception> answer) throws Exception {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer.get());
    }
}

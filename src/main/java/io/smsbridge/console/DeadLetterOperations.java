package io.smsbridge.console;

import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.smsbridge.forward.DeadLetters;
import io.smsbridge.observe.AnnotatedMBean.Description;
import org.apache.camel.util.function.ThrowingSupplier;

/** The MBean {@code io.smsbridge:type=dead-letters}. */
@Description("What was given up, kept until somebody puts it back into its queue or takes it away.")
final class DeadLetterOperations {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DeadLetters letters;

    DeadLetterOperations(DeadLetters letters) {
        this.letters = letters;
    }

    @Description("How many dead letters there are.")
    public long getTotal() throws Exception {
        return getCountsByQueue().values().stream().mapToLong(Long::longValue).sum();
    }

    @Description("How many there are in each queue.")
    public Map<String, Long> getCountsByQueue() throws Exception {
        return letters.counts().get("queues");
    }

    @Description("How many there are with each reason.")
    public Map<String, Long> getCountsByReason() throws Exception {
        return letters.counts().get("reasons");
    }

    @Description("Lists dead letters, each queue's oldest first, with numbers masked.")
    public String list(@Description("Of this downstream only.") String downstream,
            @Description("Of this account only.") String account,
            @Description("Only where the reason holds this text.") String reason,
            @Description("Only what was given up longer ago than this, such as 2h.") String olderThan,
            @Description("Only what was given up since, such as 30m.") String newerThan,
            @Description("At most so many; 0: 100.") int limit,
            @Description("Go on after this id, the last list's next.") String after) throws Exception {
        Map<String, Object> choices = choices(downstream, account, reason, olderThan, newerThan);
        choices.put("limit", limit == 0 ? null : limit);
        choices.put("after", after);
        return json(() -> letters.list(choices));
    }

    @Description("Shows one dead letter with its payload and every number in it.")
    public String show(@Description("The id, as list gives it.") String id) throws Exception {
        return json(() -> letters.letter(id));
    }

    @Description("Puts one dead letter back to where it comes from.")
    public String replayOne(@Description("The id, as list gives it.") String id) throws Exception {
        return json(() -> letters.replay(Map.of("id", id)));
    }

    @Description("Puts dead letters back to where they come from. At least one choice has to be made.")
    public String replay(@Description("Of this downstream only.") String downstream,
            @Description("Of this account only.") String account,
            @Description("Only where the reason holds this text.") String reason,
            @Description("Only what was given up longer ago than this, such as 2h.") String olderThan,
            @Description("Only what was given up since, such as 30m.") String newerThan) throws Exception {
        return json(() -> letters.replay(choices(downstream, account, reason, olderThan, newerThan)));
    }

    @Description("Puts all dead letters back to where they come from.")
    public String replayAll() throws Exception {
        return json(() -> letters.replay(Map.of("all", "true")));
    }

    @Description("Takes one dead letter away for good.")
    public String discardOne(@Description("The id, as list gives it.") String id) throws Exception {
        return json(() -> letters.discard(Map.of("id", id)));
    }

    @Description("Takes dead letters away for good. At least one choice has to be made.")
    public String discard(@Description("Of this downstream only.") String downstream,
            @Description("Of this account only.") String account,
            @Description("Only where the reason holds this text.") String reason,
            @Description("Only what was given up longer ago than this, such as 2h.") String olderThan,
            @Description("Only what was given up since, such as 30m.") String newerThan) throws Exception {
        return json(() -> letters.discard(choices(downstream, account, reason, olderThan, newerThan)));
    }

    @Description("Takes all dead letters away for good.")
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

package io.smsbridge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Bean {@code ledger}: the rows that the statements in routes/sql take, and what the rows they find say of records and events.
 * <p>
 * A row remembers what brought it ({@code recorded_by}): the stored request, or in a webhook the single element ({@link #marked}). So
 * whatever is read again, because the process died between the ledger's commit and the queue's, recognises its own work and goes on,
 * where one that repeats what another brought is dropped.
 */
public final class Ledger {

    /** What an index takes in PostgreSQL, with room: no text from outside may make an insert fail again and again. */
    private static final int LONGEST = 500;
    private static final int PART = 1000;
    private static final int SENT = 1;
    /** Delivered, as far as the operator knows: the handset's report may follow, and say otherwise. */
    private static final int AT_OPERATOR = 2;
    private static final int FINAL = 3;
    private static final int DELIVERED_TO_OPERATOR = 2;
    /** Key of an event that lives no longer than its recording. */
    private static final String RECORDED_BY = "recordedBy";
    /** How far Infobip's clock and ours may differ. */
    private static final long SKEW = 60_000;

    private final Accounts accounts;
    private final RecordedIds recorded;
    private final long retention;
    private final long replyWindow;

    /**
     * @param recorded    is told of each message before it is written
     * @param retention   milliseconds for which a message is remembered
     * @param replyWindow milliseconds after a message during which a reply can answer it
     */
    Ledger(Accounts accounts, RecordedIds recorded, long retention, long replyWindow) {
        this.accounts = accounts;
        this.recorded = recorded;
        this.retention = retention;
        this.replyWindow = replyWindow;
    }

    /** What was recorded before this time, in epoch milliseconds, is forgotten. */
    public long expiry() {
        return System.currentTimeMillis() - retention;
    }

    /**
     * The events, each with the mark by which it recognises its own row: the stored webhook's id, and its place in it. The mark depends
     * on nothing else, so that it is the same whatever the webhook is recorded together with.
     */
    public List<Map<String, Object>> marked(List<Map<String, Object>> events, String request) {
        int place = 0;
        for (Map<String, Object> event : events) {
            event.put(RECORDED_BY, request + "." + place++);
        }
        return events;
    }

    private static String recordedBy(Map<String, Object> event, String request) {
        return (String) event.getOrDefault(RECORDED_BY, request);
    }

    /** Rows for record-sends.sql. */
    public List<Map<String, Object>> sends(List<Map<String, Object>> records, String account, String request) {
        long now = System.currentTimeMillis();
        return rows(records, send -> row(
                "id", recorded(send),
                "account", account,
                "clientId", text(send.get("meta"), Integer.MAX_VALUE),
                "sender", number(send.getOrDefault("sender", accounts.sender(account))),
                "recipient", number(send.get("to")),
                "recordedBy", request,
                "now", now));
    }

    /** Rows for keep-given-up.sql and reopen-replayed.sql, of a replayed call's records. */
    public List<Map<String, Object>> replays(List<Map<String, Object>> records, String request) {
        long now = System.currentTimeMillis();
        return rows(records, send -> row("id", key(send.get("messageId")), "recordedBy", request, "now", now));
    }

    /** Rows for record-states.sql, of events that are sent or failed by a call's answer, or for want of one. */
    public List<Map<String, Object>> outcomes(List<Map<String, Object>> events, String request) {
        List<Map<String, Object>> rows = states(events, request);
        rows.forEach(row -> row.put("replaces", Math.min((int) row.get("replaces"), SENT)));
        return rows;
    }

    /** Rows for record-states.sql, of reports that are sent, delivered or failed. */
    public List<Map<String, Object>> states(List<Map<String, Object>> events, String request) {
        long now = System.currentTimeMillis();
        return rows(events, event -> {
            String state = (String) event.get("type");
            long time = millis(event.get("time"));
            int stage = stage(event);
            return row(
                    "id", recorded(event),
                    "account", text(event.get("account"), LONGEST),
                    "clientId", text(event.get("meta"), Integer.MAX_VALUE),
                    "sender", number(event.get("from")),
                    "recipient", number(event.get("to")),
                    "bulkId", text(event.get("bulkId"), LONGEST),
                    "state", state,
                    "stage", stage,
                    "replaces", stage - 1,
                    "reason", reason(event),
                    // A report says when it was sent, Infobip's answer is when, and what Infobip refused was not.
                    "sentAt", event.get("sentAt") != null ? (Object) millis(event.get("sentAt")) : state.equals("failed") ? null : time,
                    "endedAt", stage == SENT ? null : time,
                    "recordedBy", recordedBy(event, request),
                    "now", now);
        });
    }

    private static int stage(Map<String, Object> event) {
        if (event.get("type").equals("sent")) {
            return SENT;
        }
        return event.get("type").equals("delivered") && event.get("status") instanceof Map<?, ?> status
                && (status.get("id") instanceof Number id ? id.intValue() == DELIVERED_TO_OPERATOR
                        : "DELIVERED_TO_OPERATOR".equals(status.get("name"))) ? AT_OPERATOR : FINAL;
    }

    /**
     * Rows for confirm-deliveries.sql: final deliveries of what is delivered to the operator.
     *
     * @param messages rows of find-messages.sql
     */
    public List<Map<String, Object>> confirmations(List<Map<String, Object>> events, List<Map<String, Object>> messages, String request) {
        Map<Object, Map<String, Object>> messageById = byId(messages);
        return states(events.stream().filter(event -> event.get("type").equals("delivered") && stage(event) == FINAL
                && ((Number) messageById.get(key(event.get("messageId"))).get("stage")).intValue() == AT_OPERATOR).toList(), request);
    }

    /** Rows for record-events.sql and record-replies.sql. */
    public List<Map<String, Object>> events(List<Map<String, Object>> events, String request) {
        long now = System.currentTimeMillis();
        return rows(events, event -> {
            long time = millis(event.get("time"));
            List<String> writer = PhoneNumbers.forms(Objects.requireNonNullElse(number(event.get("from")), ""));
            return row(
                    "id", key(event.get("id")),
                    "type", event.get("type"),
                    "messageId", key(event.get("messageId")),
                    "happenedAt", time,
                    "writer", writer.get(0),
                    "writerAlso", writer.get(writer.size() - 1),
                    "number", Objects.requireNonNullElse(number(event.get("to")), ""),
                    "account", Objects.requireNonNullElse(text(event.get("account"), LONGEST), ""),
                    "since", time - replyWindow,
                    "until", time + SKEW,
                    "recordedBy", recordedBy(event, request),
                    "now", now);
        });
    }

    /** Recipients for find-opt-outs.sql. */
    public Set<Object> recipients(List<Map<String, Object>> records) {
        return records.stream().map(send -> send.get("to")).collect(Collectors.toSet());
    }

    /** The parameter of find-messages.sql: those ids that are not sure to be new. */
    public Map<String, Collection<String>> maybeRecorded(List<String> ids) {
        return ids(ids.stream().filter(recorded::mayHold).toList());
    }

    /** The parameter of find-messages.sql. */
    public Map<String, Collection<String>> messageIds(List<Map<String, Object>> events) {
        return ids(keys(events, "messageId"));
    }

    /** The parameter of find-events.sql. */
    public Map<String, Collection<String>> eventIds(List<Map<String, Object>> events) {
        return ids(keys(events, "id"));
    }

    /**
     * A map, for the body: camel-sql looks there first, and of a body that is none it tries to make one, with all converters that Camel
     * has, for each parameter and each time. That took half the time in which a single send is planned.
     */
    private static Map<String, Collection<String>> ids(Collection<String> ids) {
        return Map.of("ids", ids);
    }

    private static Set<String> keys(List<Map<String, Object>> events, String name) {
        return events.stream().map(event -> key(event.get(name))).collect(Collectors.toSet());
    }

    /** The events of several webhooks, in parts that one statement can ask for. */
    public List<List<Map<String, Object>>> parts(List<List<Map<String, Object>>> webhooks) {
        List<Map<String, Object>> events = webhooks.stream().flatMap(List::stream).toList();
        List<List<Map<String, Object>>> parts = new ArrayList<>();
        for (int from = 0; from < events.size(); from += PART) {
            parts.add(events.subList(from, Math.min(from + PART, events.size())));
        }
        return parts;
    }

    /** The accounts of events, for the log. */
    public String accounts(List<Map<String, Object>> events) {
        return events.stream().map(event -> event.get("account")).filter(Objects::nonNull).map(Object::toString).distinct()
                .collect(Collectors.joining(", "));
    }

    public List<Map<String, Object>> none() {
        return List.of();
    }

    /** The events of one type. */
    public List<Map<String, Object>> ofType(String type, List<Map<String, Object>> events) {
        return events.stream().filter(event -> type.equals(event.get("type"))).toList();
    }

    /** The records of a stored request that no other request brought before. */
    public List<Map<String, Object>> firstAccepted(List<Map<String, Object>> records, List<Map<String, Object>> rows, String request) {
        Map<Object, Map<String, Object>> byId = byId(rows);
        Set<Object> taken = new HashSet<>();
        return records.stream().filter(send -> request.equals(byId.get(key(send.get("messageId"))).get("recorded_by"))
                && taken.add(send.get("messageId"))).toList();
    }

    /**
     * Those of a replayed call's records that may go out: whoever was not reported on since the call was given up. One that the ledger
     * has forgotten goes out, too.
     */
    public List<Map<String, Object>> reopened(List<Map<String, Object>> records, List<Map<String, Object>> rows, String request) {
        Map<Object, Map<String, Object>> byId = byId(rows);
        return records.stream().filter(send -> {
            Map<String, Object> row = byId.get(key(send.get("messageId")));
            return row == null || request.equals(row.get("recorded_by"));
        }).toList();
    }

    /**
     * The events to tell of: final states that they brought themselves, and reports of a message on its way that they brought while no
     * final state was there, or one that stands behind them here. Of a replayed message the downstreams know that it failed: they are told only if it did
     * better in the end, or had done better meanwhile. What the events lack, their message's row adds: account and meta.
     *
     * @param messages rows of find-messages.sql
     * @param reports  rows of find-events.sql, for reports of a message on its way
     */
    public List<Map<String, Object>> newStates(List<Map<String, Object>> events, List<Map<String, Object>> messages,
            List<Map<String, Object>> reports, String request) {
        Map<Object, Map<String, Object>> messageById = byId(messages);
        Map<Object, Map<String, Object>> reportById = byId(reports);
        Set<Object> here = events.stream().map(event -> recordedBy(event, request)).collect(Collectors.toSet());
        Set<Object> told = new HashSet<>();
        List<Map<String, Object>> fresh = new ArrayList<>();
        for (Map<String, Object> event : events) {
            String id = key(event.get("messageId"));
            Map<String, Object> message = messageById.get(id);
            boolean ended = ((Number) message.get("stage")).intValue() >= AT_OPERATOR;
            String recordedBy = recordedBy(event, request);
            Map<String, Object> report = reportById.get(key(event.get("id")));
            boolean isNew = report == null
                    ? recordedBy.equals(message.get("recorded_by")) && event.get("type").equals(message.get("state")) && told.add(id)
                    : (!ended || here.contains(message.get("recorded_by")) && !told.contains(id))
                            && recordedBy.equals(report.get("recorded_by")) && told.add(event.get("id"));
            if (isNew && !(event.get("type").equals("failed") && message.get("replayed_at") != null && message.get("operator_at") == null)) {
                complete(event, message);
                fresh.add(event);
            }
        }
        return fresh;
    }

    /**
     * The replies or clicks that brought their own row, each once, with the account and meta of the message they are about.
     *
     * @param rows of find-events.sql
     */
    public List<Map<String, Object>> newEvents(List<Map<String, Object>> events, List<Map<String, Object>> rows, String request) {
        Map<Object, Map<String, Object>> byId = byId(rows);
        Set<Object> told = new HashSet<>();
        List<Map<String, Object>> fresh = new ArrayList<>();
        for (Map<String, Object> event : events) {
            Map<String, Object> row = byId.get(key(event.get("id")));
            if (recordedBy(event, request).equals(row.get("recorded_by")) && told.add(event.get("id"))) {
                complete(event, row);
                if (event.get("type").equals("replied") && row.get("message_id") != null) {
                    event.put("inReplyTo", row.get("message_id"));
                }
                fresh.add(event);
            }
        }
        return fresh;
    }

    /** Whether each event is a delivery that changed a row, and lacks nothing that the row would add: then there is nothing to look for. */
    public boolean areAllNew(List<Map<String, Object>> events, int changed) {
        return changed == events.size() && events.stream().allMatch(event -> event.get("type").equals("delivered")
                && event.get("account") != null && event.get("meta") != null);
    }

    /** The events as their downstreams get them. */
    public List<Map<String, Object>> unmarked(List<Map<String, Object>> events) {
        events.forEach(event -> event.remove(RECORDED_BY));
        return events;
    }

    private static void complete(Map<String, Object> event, Map<String, Object> row) {
        event.remove(RECORDED_BY);
        if (row.get("account") != null) {
            event.putIfAbsent("account", row.get("account"));
        }
        if (row.get("client_id") != null) {
            event.putIfAbsent("meta", row.get("client_id"));
        }
    }

    /** How many replies answer no message that the ledger holds: whoever needs the message's meta, CleverTap, is not told of them. */
    public int unanswering(List<Map<String, Object>> replies) {
        return (int) replies.stream().filter(reply -> !reply.containsKey("inReplyTo")).count();
    }

    private static Map<Object, Map<String, Object>> byId(Collection<Map<String, Object>> rows) {
        return rows.stream().collect(Collectors.toMap(row -> row.get("id"), Function.identity()));
    }

    /** In the order of their ids, so that two requests with the same ids do not wait for each other; those of one id in their own. */
    private static List<Map<String, Object>> rows(List<Map<String, Object>> items, Function<Map<String, Object>, Map<String, Object>> row) {
        return items.stream().map(row).sorted(Comparator.comparing(one -> (String) one.get("id"))).toList();
    }

    /** A row with all its columns, those without a value too. */
    private static Map<String, Object> row(Object... columns) {
        Map<String, Object> row = new HashMap<>();
        for (int i = 0; i < columns.length; i += 2) {
            row.put((String) columns[i], columns[i + 1]);
        }
        return row;
    }

    private String recorded(Map<String, Object> item) {
        String id = key(item.get("messageId"));
        recorded.add(id);
        return id;
    }

    private static String key(Object id) {
        return Objects.requireNonNullElse(text(id, LONGEST), "");
    }

    /** A number or name in the one form that both sides of a comparison have. */
    static String number(Object value) {
        String text = text(value, LONGEST);
        return text == null ? null : text(PhoneNumbers.normal(text), LONGEST);
    }

    /** PostgreSQL takes no NUL, and half a character comes back from either database as another one. */
    private static String text(Object value, int longest) {
        if (value == null || value.equals("")) {
            return null;
        }
        String text = value.toString();
        text = Texts.cut(text, longest);
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == 0 || Character.isSurrogate(text.charAt(i))) {
                return new String(text.replace("\0", "").getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            }
        }
        return text;
    }

    /** Infobip's error, where there is one, or else its status: by name, or else by description. */
    private static String reason(Map<String, Object> event) {
        Map<?, ?> error = event.get("error") instanceof Map<?, ?> map && map.get("id") instanceof Number id && id.intValue() > 0 ? map : Map.of();
        Map<?, ?> status = event.get("status") instanceof Map<?, ?> map ? map : Map.of();
        for (Object said : Arrays.asList(error.get("name"), error.get("description"), status.get("name"), status.get("description"))) {
            if (said != null) {
                return text(said, LONGEST);
            }
        }
        return null;
    }

    private static long millis(Object time) {
        return MapFunctions.time((String) time).toInstant().toEpochMilli();
    }
}

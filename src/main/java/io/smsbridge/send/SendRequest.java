package io.smsbridge.send;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A send request, checked: what is sent, what is refused, and, once it is stored, what was known before. */
final class SendRequest {

    /**
     * A recipient that is not sent to.
     *
     * @param given       what the request says as its number; null where that is no text
     * @param reason      begins with the field it is about
     * @param fields      what could be read of it
     * @param failureCode CleverTap's
     * @param limit       what {@link SendMeters} calls the refusal; null where a field is wrong
     */
    record Refused(int index, String given, String reason, ObjectNode fields, String failureCode, String limit) {

        /** Its name in metrics: where it is no limit, the field that the reason begins with. */
        String counted() {
            return limit != null ? limit : reason.contains(":") ? reason.substring(0, reason.indexOf(':')) : "record";
        }
    }

    private final String account;
    private final String requestId;
    private final long receivedAt;
    private final List<Send> sends;
    private final List<Refused> refused;
    private final List<String> ignored;
    /** By the send's index: the state of the message that was accepted before. */
    private final Map<Integer, String> duplicates = new HashMap<>();
    /** By the send's index: those that the ledger knows something against. */
    private final Map<Integer, Refused> refusedByLedger = new TreeMap<>();
    /** Null where anyone may send, and for what the bridge itself sends. */
    private String caller;
    private int callersRecipientsPerDay;

    SendRequest(String account, String requestId, long receivedAt, List<Send> sends, List<Refused> refused, List<String> ignored) {
        this.account = account;
        this.requestId = requestId;
        this.receivedAt = receivedAt;
        this.sends = List.copyOf(sends);
        this.refused = List.copyOf(refused);
        this.ignored = List.copyOf(ignored);
    }

    /** @param recipientsPerDay most that are accepted of the caller in a day; 0: no limit */
    void calledBy(String name, int recipientsPerDay) {
        caller = name;
        callersRecipientsPerDay = recipientsPerDay;
    }

    String caller() {
        return caller;
    }

    int callersRecipientsPerDay() {
        return callersRecipientsPerDay;
    }

    String account() {
        return account;
    }

    String requestId() {
        return requestId;
    }

    long receivedAt() {
        return receivedAt;
    }

    List<Send> sends() {
        return sends;
    }

    /** All that are refused: by what they say, and by what the ledger says. */
    List<Refused> refused() {
        List<Refused> all = new ArrayList<>(refused);
        all.addAll(refusedByLedger.values());
        return all;
    }

    // What the ledger says; anew where a transaction is tried again

    void forget() {
        duplicates.clear();
        refusedByLedger.clear();
    }

    void duplicate(Send send, String state) {
        duplicates.put(send.index(), state);
    }

    /** @param limit what {@link SendMeters} calls it */
    void refuse(Send send, String reason, String failureCode, String limit) {
        refusedByLedger.put(send.index(), new Refused(send.index(), send.to(), reason, send.fields(), failureCode, limit));
    }

    /** Why the ledger has this one refused. */
    Refused refusal(Send send) {
        return refusedByLedger.get(send.index());
    }

    int duplicates() {
        return duplicates.size();
    }

    /** How many are sent. */
    int accepted() {
        return sends.size() - duplicates.size() - refusedByLedger.size();
    }

    /** 400 where nobody is left. */
    int statusCode() {
        return accepted() + duplicates.size() > 0 ? 200 : 400;
    }

    ObjectNode answer() {
        List<Refused> all = refused();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("status", statusCode() == 400 ? "error" : all.isEmpty() ? "success" : "partial");
        answer.put("accepted", accepted());
        if (!duplicates.isEmpty()) {
            answer.put("duplicates", duplicates.size());
        }
        ArrayNode rejected = answer.putArray("rejected");
        for (Refused one : all) {
            ObjectNode entry = rejected.addObject().put("index", one.index());
            if (one.given() != null) {
                entry.put("to", one.given());
            }
            entry.put("reason", one.reason());
        }
        ArrayNode messages = answer.putArray("messages");
        for (Send send : sends) {
            if (!refusedByLedger.containsKey(send.index())) {
                ObjectNode entry = messages.addObject().put("to", send.to()).put("messageId", send.id());
                String state = duplicates.get(send.index());
                if (state != null) {
                    entry.put("duplicate", true).put("state", state);
                }
            }
        }
        if (!ignored.isEmpty()) {
            ignored.forEach(answer.putArray("ignored")::add);
        }
        return answer;
    }
}

package io.smsbridge.send;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
     */
    record Refused(int index, String given, String reason, ObjectNode fields, String failureCode) {
    }

    private final String account;
    private final String requestId;
    private final long receivedAt;
    private final List<Send> sends;
    private final List<Refused> refused;
    private final List<String> ignored;
    /** By the send's index: the state of the message that was accepted before. */
    private final Map<Integer, String> duplicates = new HashMap<>();
    private final List<Refused> optedOut = new ArrayList<>();
    /** Null where anyone may send, and for what the bridge itself sends. */
    private String caller;

    SendRequest(String account, String requestId, long receivedAt, List<Send> sends, List<Refused> refused, List<String> ignored) {
        this.account = account;
        this.requestId = requestId;
        this.receivedAt = receivedAt;
        this.sends = List.copyOf(sends);
        this.refused = List.copyOf(refused);
        this.ignored = List.copyOf(ignored);
    }

    void calledBy(String name) {
        caller = name;
    }

    String caller() {
        return caller;
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

    /** All that are refused: by what they say, and for having opted out. */
    List<Refused> refused() {
        List<Refused> all = new ArrayList<>(refused);
        all.addAll(optedOut);
        return all;
    }

    // What the ledger says; anew where a transaction is tried again

    void forget() {
        duplicates.clear();
        optedOut.clear();
    }

    void duplicate(Send send, String state) {
        duplicates.put(send.index(), state);
    }

    void optedOut(Send send) {
        optedOut.add(new Refused(send.index(), send.to(), "to: has opted out of this account's messages (optOut.enforce)", send.fields(), "903"));
    }

    int duplicates() {
        return duplicates.size();
    }

    /** How many are sent. */
    int accepted() {
        return sends.size() - duplicates.size() - optedOut.size();
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
            if (optedOut.stream().noneMatch(one -> one.index() == send.index())) {
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

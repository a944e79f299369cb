package io.smsbridge.send;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One message to be sent.
 *
 * @param index    its place in the request, for the answer
 * @param fields   what the outbox keeps of it, and the map to Infobip reads: messageId, to, country, text and whatever the request says
 * @param grouping what Infobip takes once per call: only sends of one grouping may share it
 */
record Send(int index, ObjectNode fields, String grouping) {

    String id() {
        return fields.get("messageId").textValue();
    }

    String to() {
        return fields.get("to").textValue();
    }

    /** The client's own id; null without. */
    String clientId() {
        return fields.path("meta").textValue();
    }

    String sender() {
        return fields.path("sender").textValue();
    }

    /** Whether it goes before what is normal. */
    boolean isHigh() {
        return "high".equals(fields.path("priority").textValue());
    }

    /** Whether Infobip is to slow down the call it goes in. */
    boolean hasSpeedLimit() {
        return fields.has("sendingSpeedLimit");
    }

    /** Whether it goes to somebody who has opted out, too: an answer to STOP. */
    boolean isForOptedOut() {
        return fields.path("toOptedOut").asBoolean();
    }
}

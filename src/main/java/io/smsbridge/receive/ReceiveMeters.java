package io.smsbridge.receive;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What is counted of what Infobip reports. */
public interface ReceiveMeters {

    /**
     * A webhook, or a page that was pulled, is recorded.
     *
     * @param account    null where nobody said
     * @param events     those that could be read
     * @param news       those of them that were not known before
     * @param unreadable how many elements could not be read
     */
    void received(String kind, String account, List<ObjectNode> events, List<ObjectNode> news, int unreadable);

    /** An account was asked for one kind of what Infobip has to tell. Problem: null where it answered with a page. */
    void pulled(String account, String kind, String problem);
}

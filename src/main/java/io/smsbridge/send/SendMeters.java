package io.smsbridge.send;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.ledger.OutboxBatch;

/** What is counted of sends. */
public interface SendMeters {

    // Reasons of refused recipients that are no field
    String OPTED_OUT = "opted-out";
    String COUNTRY = "country-not-allowed";
    String ACCOUNT_PER_DAY = "account-per-day";
    String CALLER_PER_DAY = "caller-per-day";
    String RECIPIENT_PER_HOUR = "recipient-per-hour";

    /** @param reasons the field that each refused recipient was refused for, or one of those here */
    void accepted(String account, int accepted, List<String> reasons, int duplicates);

    /** A call was answered, or not (0). */
    void called(OutboxBatch batch, int code);

    /** @param events of the recipients, where they were not all accepted; else none */
    void answered(OutboxBatch batch, List<ObjectNode> events);

    void retried(OutboxBatch batch);

    /** @param outcome retry where the retries have run out, else refused */
    void givenUp(OutboxBatch batch, String outcome, String reason);

    /** What a call was answered can't be recorded. */
    void unreadable(OutboxBatch batch);

    /** Recipients not sent to in the end: their time has passed, or they have opted out. */
    void dropped(String account, int recipients);
}

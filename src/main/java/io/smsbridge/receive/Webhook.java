package io.smsbridge.receive;

/**
 * A webhook as it came, or a page that was pulled: an exchange property, while the body is what was made of it.
 *
 * @param kind       delivery-reports, inbound-messages or clicks
 * @param account    null where the path names none
 * @param receivedAt epoch milliseconds
 */
record Webhook(String kind, String account, long receivedAt, byte[] body) {

    static final String PROPERTY = "webhook";
}

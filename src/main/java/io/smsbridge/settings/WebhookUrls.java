package io.smsbridge.settings;

/** Bean {@code webhooks-of-NICKNAME}: the URLs Infobip is given with a message. As a bean's answer they, and the token in them, are in no route's source. */
public final class WebhookUrls {

    private final String publicUrl;
    private final String account;
    private final String token;
    private final boolean perMessage;

    /**
     * @param publicUrl where Infobip reaches the bridge, without / at its end; empty where it does not
     * @param token     the last part of each webhook's URL; empty for none
     * @param perMessage whether messages carry them
     */
    WebhookUrls(String publicUrl, String account, String token, boolean perMessage) {
        this.publicUrl = publicUrl;
        this.account = account;
        this.token = token;
        this.perMessage = perMessage;
    }

    /** Empty without a publicUrl, and where a subscription of Infobip's portal has it. */
    public String deliveryReports() {
        return perMessage ? of("delivery-reports") : "";
    }

    /** As deliveryReports. */
    public String clicks() {
        return perMessage ? of("clicks") : "";
    }

    /** The URL for delivery-reports, inbound-messages or clicks, whoever gives it to Infobip; empty without a publicUrl. */
    public String of(String kind) {
        return publicUrl.isEmpty() ? "" : publicUrl + path(kind);
    }

    /** What follows this bridge's public URL. */
    public String path(String kind) {
        return "/infobip/" + kind + "/" + account + (token.isEmpty() ? "" : "/" + token);
    }
}

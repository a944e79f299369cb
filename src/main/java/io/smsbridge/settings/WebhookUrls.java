package io.smsbridge.settings;

/** Bean {@code webhooks-of-NICKNAME}: the URLs Infobip is given with a message. As a bean's answer they, and the token in them, are in no route's source. */
public final class WebhookUrls {

    private final String publicUrl;
    private final String account;
    private final String token;

    /**
     * @param publicUrl where Infobip reaches the bridge, without / at its end; empty where it does not
     * @param token     the last part of each webhook's URL; empty for none
     */
    WebhookUrls(String publicUrl, String account, String token) {
        this.publicUrl = publicUrl;
        this.account = account;
        this.token = token;
    }

    /** Empty without a publicUrl. */
    public String deliveryReports() {
        return url("delivery-reports");
    }

    /** Empty without a publicUrl. */
    public String clicks() {
        return url("clicks");
    }

    private String url(String kind) {
        return publicUrl.isEmpty() ? "" : publicUrl + "/infobip/" + kind + "/" + account + (token.isEmpty() ? "" : "/" + token);
    }
}

package io.smsbridge.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What callers and Infobip show at guarded doors. */
final class Credentials {

    /** The caller of sms.apiKey is called default. */
    static final String KEY = "a-key-for-the-bench-0001";
    private static final String WEBHOOK_SECRET = "a-secret-for-the-bench-01";
    private static final String TOKEN = "a-token-for-the-bench-001";
    private static final String HEADER = "X-Bench-Secret: " + WEBHOOK_SECRET;
    private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");

    /** A caller's key, and all at once that a webhook can be asked for without TLS. */
    static final String SETTINGS = """
            sms.apiKey=%1$s
            account.bench.webhookToken=%2$s
            account.bench.webhookBasic=infobip:%3$s
            account.bench.webhookHeader=%4$s
            account.bench.webhookSources=127.0.0.0/8
            account.bench.webhookSignature=body
            account.bench.webhookSignatureSecret=%3$s
            """.formatted(KEY, TOKEN, WEBHOOK_SECRET, HEADER);

    static final String GUARDED_WEBHOOK = "/infobip/delivery-reports/bench/" + TOKEN;
    static final String[] WEBHOOK_HEADERS = {
        "Authorization: Basic " + Base64.getEncoder().encodeToString(("infobip:" + WEBHOOK_SECRET).getBytes(StandardCharsets.UTF_8)), HEADER};

    private static int files;

    private Credentials() {
    }

    /** An access token of the bridge's own. */
    static String accessToken(String url) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&client_id=default&client_secret=" + KEY)).build(), BodyHandlers.ofString());
        Matcher token = ACCESS_TOKEN.matcher(answer.body());
        if (answer.statusCode() != 200 || !token.find()) {
            throw new IllegalStateException(url + " answered " + answer.statusCode());
        }
        return token.group(1);
    }

    /** So many webhooks with one delivery report each, and their signatures; the ids are new each time. */
    static Path signedReports(Path directory, int count) throws IOException {
        Path file = directory.resolve("signed" + ++files);
        try (BufferedWriter lines = Files.newBufferedWriter(file)) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(WEBHOOK_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            for (int i = 0; i < count; i++) {
                String id = "signed" + files + "-" + i;
                String body = """
                        {"results":[{"bulkId":"signed","messageId":"%1$s","to":"447700900123","sender":"Bridge",\
                        "sentAt":"2026-11-23T10:00:00.000+0000","doneAt":"2026-11-23T10:00:02.123+0000","messageCount":1,"callbackData":"meta-%1$s",\
                        "price":{"pricePerMessage":0.01,"currency":"EUR"},"platform":{},\
                        "status":{"groupId":3,"groupName":"DELIVERED","id":5,"name":"DELIVERED_TO_HANDSET","description":"Message delivered to handset"},\
                        "error":{"groupId":0,"groupName":"OK","id":0,"name":"NO_ERROR","description":"No Error","permanent":false}}]}""".formatted(id);
                lines.write("SHA256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8))) + " " + body + "\n");
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return file;
    }
}

package io.smsbridge.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.smsbridge.text.Networks;
import org.apache.camel.util.TimeUtils;

/**
 * Who may post webhooks for an account, as its settings say, or else webhooks.*: all that is stated has to be met.
 *
 * @param account            empty: of paths that name none
 * @param own                whether the account states any of it itself
 * @param token              whether the path has to end with a token
 * @param tokens             the first is given to Infobip, the others are taken still; empty where one is made
 * @param basic              pairs user:password of which one has to be shown; empty for none, as for all that follows
 * @param headers            headers, Name: value, of which one has to be there
 * @param sources            networks that webhooks may come from
 * @param signature          null: not asked for
 * @param clientCertificates names of which the client's certificate has to have one, or any
 * @param subscription       whether Infobip reports by a subscription of the portal's, and messages carry no URL
 */
public record WebhookSettings(String account, boolean own, boolean token, List<String> tokens, List<String> basic, List<Map.Entry<String, String>> headers, Networks sources,
        Signature signature, List<String> clientCertificates, boolean subscription) {

    /** All settings of an account's that say who may post. */
    static final List<String> NAMES = List.of("token", "basic", "header", "sources", "signature", "signatureSecret", "signatureMaxAge", "clientCertificate", "urls");
    static final String NONE = "none";
    /** As Infobip's portal names them, without -. */
    static final Map<String, String> ALGORITHMS = Map.of("sha1", "HmacSHA1", "sha224", "HmacSHA224", "sha256", "HmacSHA256", "sha384", "HmacSHA384", "sha512", "HmacSHA512");
    static final String HEADER = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";

    /**
     * How a webhook's bytes are signed.
     *
     * @param timestamped whether the time stands before the bytes, and in a header of its own
     * @param header      that holds the signature
     * @param algorithm   such as sha256
     * @param mac         the same as Java names it
     * @param secrets     of which one has made it; the first is the newest
     * @param maxAge      milliseconds; 0: of any age
     */
    public record Signature(boolean timestamped, String header, String algorithm, String mac, List<String> secrets, long maxAge) {

        /** Where the time stands. */
        public static final String TIMESTAMP_HEADER = "X-Ib-Exchange-Req-Timestamp";
        static final String TIMESTAMPED_HEADER = "X-Ib-Exchange-Req-Signature";
        static final String BODY_HEADER = "X-Hub-Signature";

        /** Without the secrets. */
        @Override
        public String toString() {
            return (timestamped ? "timestamp " : "body ") + header + " " + algorithm;
        }
    }

    /** @param block null for paths that name no account */
    public static WebhookSettings of(Settings settings, Block block) {
        UnaryOperator<String> setting = name -> {
            String own = block == null ? "" : block.get(setting(name));
            String value = own.isEmpty() ? settings.get("webhooks." + name) : own;
            return value.equals(NONE) && !name.equals("token") ? "" : value;
        };
        String tokens = setting.apply("token");
        long maxAge = setting.apply("signatureMaxAge").isEmpty() ? 0 : TimeUtils.toMilliSeconds(setting.apply("signatureMaxAge"));
        return new WebhookSettings(block == null ? "" : block.name(), block != null && NAMES.stream().anyMatch(name -> !block.get(setting(name)).isEmpty()),
                !tokens.equals(NONE), tokens.equals(NONE) ? List.of() : list(tokens), list(setting.apply("basic")),
                list(setting.apply("header")).stream().map(pair -> Map.entry(pair.substring(0, pair.indexOf(':')).strip(), pair.substring(pair.indexOf(':') + 1).strip())).toList(),
                Networks.of(setting.apply("sources")), signature(setting.apply("signature"), list(setting.apply("signatureSecret")), maxAge),
                list(setting.apply("clientCertificate")), setting.apply("urls").equals("subscription"));
    }

    /** Whether anyone may post: none of the settings asks for anything. */
    boolean isOpen() {
        return !token && basic.isEmpty() && headers.isEmpty() && sources.isEmpty() && signature == null && clientCertificates.isEmpty();
    }

    /** The account's name of a setting: webhookToken for token. */
    static String setting(String name) {
        return "webhook" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    static List<String> list(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
    }

    /**
     * @param text   body or timestamp, and in any order the header and the algorithm; empty: none
     * @throws IllegalArgumentException with what is wrong, to be read after the setting's name
     */
    static Signature signature(String text, List<String> secrets, long maxAge) {
        if (text.isEmpty()) {
            return null;
        }
        String[] words = text.split("\\s+");
        boolean timestamped = words[0].equals("timestamp");
        if (!timestamped && !words[0].equals("body")) {
            throw new IllegalArgumentException("'" + text + "' has to begin with body or timestamp: what is signed");
        }
        String header = timestamped ? Signature.TIMESTAMPED_HEADER : Signature.BODY_HEADER;
        String algorithm = "sha256";
        for (String word : List.of(words).subList(1, words.length)) {
            String plain = word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "").replaceFirst("^hmac", "");
            if (ALGORITHMS.containsKey(plain)) {
                algorithm = plain;
            } else if (plain.matches("sha[0-9]*|md5") || !word.matches(HEADER)) {
                throw new IllegalArgumentException("'" + word + "' is neither a header's name nor one of sha1, sha224, sha256, sha384, sha512");
            } else {
                header = word;
            }
        }
        return new Signature(timestamped, header, algorithm, ALGORITHMS.get(algorithm), secrets, maxAge);
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "webhooks of " + account;
    }
}

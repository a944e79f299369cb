package io.smsbridge.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.smsbridge.http.ClientAddress;
import io.smsbridge.http.HttpCall;
import io.smsbridge.settings.WebhookSettings;

/** Who may post webhooks for one account. All that its settings state has to be met. */
final class WebhookDoor {

    /**
     * Why a call may not enter.
     *
     * @param status 401: show another credential; 403: none would do from there
     * @param reason a word for meters
     * @param error  for the caller
     */
    record Refusal(int status, String reason, String error) {
    }

    private static final String ANY = "any";
    /** The kind of a DNS name among a certificate's alternative names. */
    private static final int DNS_NAME = 2;

    private final WebhookSettings settings;
    private final List<String> tokens;
    private final List<String> basic;
    private final WebhookSignature signature;

    /** @param tokens that the path may end with, the one given out first; empty: it needs none */
    WebhookDoor(WebhookSettings settings, List<String> tokens) {
        this.settings = settings;
        this.tokens = tokens;
        this.basic = settings.basic().stream().map(pair -> "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))).toList();
        this.signature = settings.signature() == null ? null : new WebhookSignature(settings.signature());
    }

    /** The token given to Infobip; empty for none. */
    String token() {
        return tokens.isEmpty() ? "" : tokens.get(0);
    }

    boolean subscription() {
        return settings.subscription();
    }

    boolean isToken(String part) {
        return oneOf(tokens, part);
    }

    /** Null where the call may enter. */
    Refusal check(HttpCall call) {
        if (!settings.sources().isEmpty() && !settings.sources().contains(ClientAddress.of(call))) {
            return new Refusal(403, "network", "webhooks of this account are not taken from your network");
        }
        if (!settings.clientCertificates().isEmpty()) {
            X509Certificate shown = certificate(call);
            if (shown == null || !settings.clientCertificates().contains(ANY) && names(shown).stream().noneMatch(name -> settings.clientCertificates().stream().anyMatch(name::equalsIgnoreCase))) {
                return new Refusal(403, "certificate", shown == null ? "a client certificate is needed" : "the client certificate has none of the names that are let in");
            }
        }
        String path = call.path().replaceAll("/+$", "");
        if (!tokens.isEmpty() && !isToken(path.substring(path.lastIndexOf('/') + 1))) {
            return new Refusal(401, "token", "the URL has to end with a token of webhooks.token");
        }
        if (!basic.isEmpty() && !oneOf(basic, basic(call.header("Authorization")))) {
            return new Refusal(401, "basic", "the user or the password of Basic is missing or wrong");
        }
        if (!settings.headers().isEmpty() && !hasHeader(call)) {
            return new Refusal(401, "header", "a header that has to be there is missing or wrong");
        }
        String wrong = signature == null ? null : signature.problem(call, System.currentTimeMillis());
        return wrong == null ? null : new Refusal(401, wrong.equals("age") ? "age" : "signature", switch (wrong) {
            case "missing" -> "the signature is missing";
            case "age" -> "the signature is too old";
            default -> "the signature is not that of the body";
        });
    }

    /** The scheme's name in any case. */
    private static String basic(String given) {
        return given != null && given.regionMatches(true, 0, "Basic ", 0, 6) ? "Basic " + given.substring(6).strip() : given;
    }

    private boolean hasHeader(HttpCall call) {
        boolean there = false;
        for (Map.Entry<String, String> header : settings.headers()) {
            there |= same(header.getValue(), call.header(header.getKey()));
        }
        return there;
    }

    private static boolean oneOf(List<String> secrets, String given) {
        boolean found = false;
        for (String secret : secrets) {
            found |= same(secret, given);
        }
        return found;
    }

    private static boolean same(String secret, String given) {
        return given != null && MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /** The certificate that the handshake has checked; null where there was none. */
    private static X509Certificate certificate(HttpCall call) {
        SSLSession session = call.connection() == null ? null : call.connection().sslSession();
        try {
            return session == null ? null : (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    names.add(String.valueOf(part.getValue()));
                }
            }
            if (certificate.getSubjectAlternativeNames() != null) {
                certificate.getSubjectAlternativeNames().stream().filter(name -> name.get(0).equals(DNS_NAME)).forEach(name -> names.add(String.valueOf(name.get(1))));
            }
        } catch (InvalidNameException | CertificateParsingException e) {
            // A name that can't be read is none of those let in.
        }
        return names;
    }

    /** The headers by which whoever posts this body shows that it may. */
    Map<String, String> credentials(byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!basic.isEmpty()) {
            headers.put("Authorization", basic.get(0));
        }
        if (!settings.headers().isEmpty()) {
            headers.put(settings.headers().get(0).getKey(), settings.headers().get(0).getValue());
        }
        if (signature != null) {
            headers.putAll(signature.sign(body, System.currentTimeMillis()));
        }
        return headers;
    }
}

package io.smsbridge.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * A URL of the settings, read by the same rules where it is checked and where it is called.
 *
 * @param server scheme, host and port, such as https://crm.example.com
 * @param host   the host alone
 * @param path   what follows, as it is written, up to the query; empty where nothing does
 * @param query  the query as it is written, without ?; null where there is none
 */
public record WebUrl(String server, String host, String path, String query) {

    /** @throws IllegalArgumentException with what is wrong, to be read after the URL's setting */
    public static WebUrl of(String text) {
        String shown = shown(text);
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + shown + "' is no URL: " + e.getReason());
        }
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.matches("https?") || url.getRawAuthority() == null) {
            throw new IllegalArgumentException("'" + shown + "' is no http or https URL");
        }
        if (url.getRawAuthority().contains("@")) {
            // Not the text itself: it holds a password.
            throw new IllegalArgumentException("has a user or password before the host; take it out (a downstream has basicUsername and basicPassword for it)");
        }
        if (url.getHost() == null) {
            throw new IllegalArgumentException("'" + shown + "' has no host name of letters, digits, - and . after " + scheme + "://");
        }
        if (url.getPort() == 0 || url.getPort() > 65535) {
            throw new IllegalArgumentException("'" + shown + "' has a port that is not from 1 to 65535");
        }
        if (url.getRawFragment() != null) {
            throw new IllegalArgumentException("'" + shown + "' has a #, and what follows it is never sent; take it out, or write %23");
        }
        if (!text.chars().allMatch(c -> c < 128)) {
            throw new IllegalArgumentException("'" + shown + "' has characters beyond ASCII; write them as a browser's address line copies them");
        }
        return new WebUrl(scheme + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort()), url.getHost(), url.getRawPath(),
                url.getRawQuery());
    }

    /** For messages: a query can hold a secret. */
    static String shown(String text) {
        return text.replaceFirst("(?s)\\?.*", "?...");
    }

    /** Whether what is sent there can be read under way: plain http is for this machine only. */
    boolean isOpen() {
        return server.startsWith("http:") && !List.of("localhost", "127.0.0.1", "[::1]").contains(host);
    }

    /** What a request asks the server for: path and query, byte for byte. */
    public String target() {
        return (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    }

    /** The URL that paths are put behind: without a / at its end. */
    public String base() {
        return server + path.replaceAll("/+$", "");
    }

    /** For people: the query can hold a secret. */
    public String withoutQuery() {
        return server + path;
    }

    /** The base of a URL; the text as it is where it is no URL, which the check of the settings tells. */
    static String baseOf(String text) {
        try {
            return of(text).base();
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}

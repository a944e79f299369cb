package io.smsbridge.settings;

import java.net.URISyntaxException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.camel.util.SensitiveUtils;
import org.apache.camel.util.URISupport;

/**
 * A downstream's URL that is no web URL, but an endpoint of a Camel component, such as {@code kafka:sms-events?brokers=kafka:9092}.
 *
 * @param scheme the component's name
 * @param text   the URL as it is written; it can hold secrets
 */
public record EndpointUrl(String scheme, String text) {

    private static final Pattern FORM = Pattern.compile("([A-Za-z][A-Za-z0-9+-]*):.+");
    private static final Pattern RAW = Pattern.compile("RAW[({](.*)[)}]");
    private static final Pattern USER = Pattern.compile("^([A-Za-z0-9+-]+:/{0,2})([^/?@]*)@");
    private static final String MASK = "xxxxxx";

    /** The endpoint that the URL names; null where it is http or https, or has no scheme. */
    public static EndpointUrl of(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches() && !form.group(1).matches("(?i)https?") ? new EndpointUrl(form.group(1), text) : null;
    }

    /** For people: the options can hold secrets, and what stands before an @, too. */
    public String withoutOptions() {
        return USER.matcher(text.replaceFirst("\\?.*", "")).replaceFirst("$1");
    }

    /** A message about it without its secrets. */
    public String masked(String message) {
        String masked = message.replace(text, withoutOptions());
        for (Map.Entry<String, Object> option : options().entrySet()) {
            String value = String.valueOf(option.getValue());
            Matcher raw = RAW.matcher(value);
            boolean isRaw = raw.matches();
            if (isRaw || SensitiveUtils.containsSensitive(option.getKey())) {
                masked = without(masked, isRaw ? raw.group(1) : value);
            }
        }
        Matcher user = USER.matcher(text);
        return user.find() ? without(masked, user.group(2).replaceFirst("^[^:]*:", "")) : masked;
    }

    /** By name, RAW() as it is written; none where they can't be read, which the component tells. */
    public Map<String, Object> options() {
        try {
            int query = text.indexOf('?');
            return query < 0 ? Map.of() : URISupport.parseQuery(text.substring(query + 1), true);
        } catch (URISyntaxException e) {
            return Map.of();
        }
    }

    private static String without(String message, String secret) {
        return secret.isEmpty() ? message : message.replace(secret, MASK);
    }

    /** Without the options: they can hold secrets. */
    @Override
    public String toString() {
        return withoutOptions();
    }
}

package io.smsbridge.text;

/** An answer 3xx: no redirect is followed, as the request's credentials would go where it leads. */
public final class Redirect {

    private Redirect() {
    }

    /**
     * What to tell of it.
     *
     * @param location where it leads, as the answer says; null where it does not. Its query is not shown: it can repeat a secret
     * @param setting  what names the address that was called
     */
    public static String refused(String location, String setting) {
        return "a redirect" + (location == null ? "" : " to " + location.replaceFirst("(?s)[?#].*", "?...")) + " is not followed; if it is right, give it as "
                + setting;
    }
}

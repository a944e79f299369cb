package io.smsbridge.settings;

/** The kinds of block: the keys' first part, the route template, and what its routes' ids begin with. */
public enum BlockKind {
    ACCOUNT("account", "send-via-account", "send-via-"),
    DOWNSTREAM("downstream", "forward-to-downstream", "forward-to-");

    private final String prefix;
    private final String template;
    private final String routeIdPrefix;

    BlockKind(String prefix, String template, String routeIdPrefix) {
        this.prefix = prefix;
        this.template = template;
        this.routeIdPrefix = routeIdPrefix;
    }

    String prefix() {
        return prefix;
    }

    String template() {
        return template;
    }

    String routeIdPrefix() {
        return routeIdPrefix;
    }
}

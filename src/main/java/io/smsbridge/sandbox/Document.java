package io.smsbridge.sandbox;

import java.util.LinkedHashMap;

/**
 * A JSON object that the routes take apart as {@code ${body[key]}}. For each such step Camel looks its bean up in a cache by the
 * bean's hash code, and a map's own is made of all it holds: a fifth of the time of a batch went into that.
 */
public final class Document extends LinkedHashMap<String, Object> {

    private static final long serialVersionUID = 1L;

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }
}

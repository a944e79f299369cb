package io.smsbridge.settings;

import java.util.List;

/** Settings the bridge can't start with. */
public final class InvalidSettings extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private final transient List<String> problems;

    /** @param problems one line each, which names the setting and the cure */
    public InvalidSettings(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}

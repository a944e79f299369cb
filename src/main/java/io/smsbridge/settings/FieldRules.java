package io.smsbridge.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import org.apache.camel.util.TimeUtils;

/** What a single value has to be. Each problem is one line that names the key and the cure. */
final class FieldRules {

    private final List<String> problems = new ArrayList<>();

    List<String> problems() {
        return problems;
    }

    void add(String problem) {
        problems.add(problem);
    }

    void addAll(List<String> more) {
        problems.addAll(more);
    }

    void required(Block block, String setting, String what) {
        if (!block.has(setting) && problems.stream().noneMatch(line -> line.startsWith(block.key(setting) + ":"))) {
            problems.add(block.key(setting) + ": missing; " + what);
        }
    }

    /** Without the value in the message. A scheme that is not the setting's own stands before a space. */
    void credential(Block block, String setting, String what) {
        if (!block.get(setting).matches("[!-~]*")) {
            problems.add(block.key(setting) + ": holds a space, or a character that no key has; give " + what);
        }
    }

    /** The URL given, checked; null when there is none, or it is wrong. */
    WebUrl url(Block block, String setting) {
        return block.has(setting) ? url(block.key(setting), block.get(setting)) : null;
    }

    WebUrl url(String key, String text) {
        try {
            return WebUrl.of(text);
        } catch (IllegalArgumentException e) {
            problems.add(key + ": " + e.getMessage());
            return null;
        }
    }

    /** A URL that paths are put behind; null as before. */
    WebUrl base(Block block, String setting) {
        WebUrl url = url(block, setting);
        if (url != null && url.query() != null) {
            problems.add(block.key(setting) + ": has to end with the host or a path, without ? or #");
        } else if (url != null && !url.path().matches("(/[A-Za-z0-9._~-]+)*/*")) {
            problems.add(block.key(setting) + ": '" + url.path() + "' has to be a path of letters, digits, . _ ~ - and single /");
        }
        return url;
    }

    void header(Block block) {
        Arrays.stream(block.get("headers").split(",")).filter(part -> !part.isBlank() && part.indexOf(':') < 1).forEach(part ->
                problems.add(block.key("headers") + ": part " + (Arrays.asList(block.get("headers").split(",")).indexOf(part) + 1)
                        + " is not of the form Name: value"));
    }

    long duration(Block block, String setting) {
        return duration(block.key(setting), block.get(setting));
    }

    /** The duration in milliseconds; 0 with a problem told when it is none. */
    long duration(String key, String text) {
        try {
            if (text.matches("[0-9][0-9a-z ]*")) {
                return TimeUtils.toMilliSeconds(text);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        problems.add(key + ": '" + text + "' is no duration such as 500ms, 5s, 10m or 24h");
        return 0;
    }

    void wholeNumber(Block block, String setting, long least, long most) {
        if (block.has(setting)) {
            wholeNumber(block.key(setting), block.get(setting), least, most);
        }
    }

    void wholeNumber(String key, String text, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (text.matches("-?[0-9]+") && number >= least && number <= most) {
                return;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        problems.add(key + ": '" + text + "' has to be a whole number from " + least + " to " + most);
    }

    void size(String key, String text, long least, String why) {
        if (!text.matches("[0-9]{1,6}(KB|MB|GB|TB)|0")) {
            problems.add(key + ": '" + text + "' is no size such as 500MB or 10GB, or 0 for no limit");
        } else if (bytes(text) > 0 && bytes(text) < least) {
            problems.add(key + ": '" + text + "' is less than " + (least >> 20) + "MB, " + why);
        }
    }

    /** A size as it stands in the settings, in bytes. */
    static long bytes(String text) {
        int unit = "KMGT".indexOf(text.length() < 2 ? '-' : text.charAt(text.length() - 2)) + 1;
        return Long.parseLong(text.replaceAll("[^0-9]", "")) << 10 * unit;
    }

    void oneOf(String key, String text, Set<String> names) {
        if (!names.contains(text)) {
            problems.add(key + ": '" + text + "' is none of " + String.join(", ", new TreeSet<>(names)));
        }
    }

    /** The setting meant, where only case, dashes or dots differ; else the list of those there are. */
    String nearest(String given, Set<?> known) {
        String plain = plain(given);
        return known.stream().map(Object::toString).filter(name -> plain(name).equals(plain)).findFirst()
                .map(name -> "; " + name + " is meant?")
                .orElse(known.size() > 40 ? "" : "; there are " + String.join(", ", known.stream().map(Object::toString).toList()));
    }

    String plain(String name) {
        return name.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
    }
}

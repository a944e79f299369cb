package io.smsbridge.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Writes docs/settings.md from where settings are declared: application.properties with its comments, and the parameters of the route templates. */
final class SettingsPage {

    private static final int WIDTH = 118;
    private static final Pattern SECTION = Pattern.compile("# ---- (.+?) -{3,}");
    private static final Pattern SETTING = Pattern.compile("([A-Za-z][\\w.-]*)=(.*)");
    private static final Pattern REQUIRED = Pattern.compile("(?<=^|\\. )Required\\. ?");
    private static final Pattern SECRET = Pattern.compile("^Secret\\. ");
    private static final Pattern DEFAULT = Pattern.compile("(?<=^|\\. )Default: ([^.]+)\\.$");
    /** Single settings whose value is one; those of a block say so themselves. */
    private static final Pattern SECRETS = Pattern.compile(".*(?:[pP]assword|apiKey|\\.token|Secret|webhooks\\.basic|webhooks\\.header)");
    /** What a reader would take for markup, or what is one word to copy. */
    private static final Pattern CODE = Pattern.compile("(?<![\\w`])(\\{\\{[^}]+\\}\\}|(?:https?|jdbc|kafka):\\S*[\\w/}]|/[a-z]+/[\\w./{}-]+\\w[}]?|docs/[a-z-]+\\.md)");

    private static final String INTRODUCTION = """
            # Settings

            Every setting with its default. This page is made of `application.properties` and the route templates, where settings
            are declared; a test, `SettingsPageTest`, fails when it says something else.

            Settings stand in `application.properties`, in the directory that the bridge is started in, or else beside its jar. A
            key that you leave out has its default. Each key can also come from the environment (`HTTP_PORT` for `http.port`) or
            from `-Dhttp.port=9090`; both win over the file. Changes are taken over by a restart. A mistake ends the start with
            one line for each, and exit code 2; [`check`](command-line.md) prints them without a start.

            - **Durations** are a number and `ms`, `s`, `m`, `h` or `d`: `30s`. A number alone is milliseconds.
            - **Sizes** are bytes, or have `KB`, `MB` or `GB` behind them, where the text says so.
            - **Times** are UTC. The machine's language, time zone and charset change nothing. The file is UTF-8.
            - **A secret** belongs in the environment, `{{env:INFOBIP_API_KEY}}`, or in a mounted file: [secrets.md](secrets.md).
            - **`{{KEY}}`** stands for the value of another setting.

            """;

    /** The settings of a block by purpose: the first one below each heading. */
    private static final Map<String, String> ACCOUNT = headings("baseUrl", "Address and key", "region", "Countries", "clickTracking", "Links", "publicUrl", "Webhooks, or pulling",
            "stopWords", "STOP, START, HELP", "defaultCountry", "Sending", "connectTimeout", "Time limits and retries");
    private static final Map<String, String> DOWNSTREAM = headings("url", "What is told, and where", "headers", "Who calls", "keyStore", "Certificates",
            "itemsPerPost", "Batches and time limits", "retryDelay", "Retries", "downAfter", "While it is down");

    private final StringBuilder page = new StringBuilder(INTRODUCTION);

    private static Map<String, String> headings(String... pairs) {
        Map<String, String> headings = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            headings.put(pairs[i], pairs[i + 1]);
        }
        return headings;
    }

    /** The page as it has to be. */
    static String write() throws IOException {
        SettingsPage page = new SettingsPage();
        page.sections(Files.readAllLines(Path.of("application.properties")));
        return page.page.toString().stripTrailing() + "\n";
    }

    private void sections(List<String> lines) throws IOException {
        List<String> comment = new ArrayList<>();
        String section = "";
        for (String line : lines) {
            Matcher heading = SECTION.matcher(line);
            Matcher setting = SETTING.matcher(line);
            if (heading.matches()) {
                section = heading.group(1).replaceFirst("\\. Leave them.*", "");
                page.append("\n## ").append(section).append("\n\n");
                comment.clear();
                if (section.startsWith("Accounts")) {
                    block("account.NICKNAME.", "routes/1-send/send-via-account.yaml", "One block for each Infobip account.", ACCOUNT);
                } else if (section.startsWith("Downstreams")) {
                    block("downstream.NAME.", "routes/3-forward/forward-to-downstream.yaml", "One block for each endpoint that is told what happened.", DOWNSTREAM);
                }
            } else if (section.startsWith("Accounts") || section.startsWith("Downstreams")) {
                continue;
            } else if (line.startsWith("#")) {
                comment.add(line.substring(1).strip());
            } else if (setting.matches() && section.startsWith("Engine room")) {
                entry(setting.group(1), "`" + setting.group(2) + "`", String.join(" ", comment));
                comment.clear();
            } else if (setting.matches()) {
                entry(setting.group(1), (SECRETS.matcher(setting.group(1)).matches() ? "secret, " : "")
                        + (setting.group(2).isEmpty() ? "no default" : "default `" + setting.group(2) + "`"), String.join(" ", comment));
                comment.clear();
            } else if (!section.isEmpty() && !comment.isEmpty()) {
                // A comment alone is about all that follows.
                paragraph(String.join(" ", comment), "");
                page.append('\n');
                comment.clear();
            }
        }
    }

    private void block(String prefix, String file, String what, Map<String, String> headings) throws IOException {
        paragraph(what + " The names below are written behind `" + prefix + "`, as in `" + prefix.replace("NICKNAME", "marketing").replace("NAME", "crm")
                + headings.keySet().iterator().next() + "`. They are declared in `" + file + "`.", "");
        for (JsonNode parameter : template(file).get("parameters")) {
            String name = parameter.get("name").asText();
            if (name.equals("name")) {
                continue;
            }
            if (headings.containsKey(name)) {
                page.append("\n### ").append(prefix.startsWith("account") ? "Account: " : "Downstream: ").append(headings.get(name)).append("\n\n");
            }
            String text = parameter.get("description").asText();
            Matcher said = DEFAULT.matcher(text);
            String standard = "no default";
            if (parameter.has("defaultValue")) {
                standard = "default `" + parameter.get("defaultValue").asText() + "`";
            } else if (REQUIRED.matcher(text).find()) {
                standard = "required";
                text = REQUIRED.matcher(text).replaceFirst("").strip();
            } else if (said.find()) {
                standard = "default: " + said.group(1);
                text = text.substring(0, said.start()).strip();
            }
            if (SECRET.matcher(text).find()) {
                standard = "secret, " + standard;
                text = SECRET.matcher(text).replaceFirst("");
            }
            entry(name, standard, text);
        }
    }

    /** What a route template's file declares. */
    static JsonNode template(String file) throws IOException {
        JsonNode parsed = new ObjectMapper().valueToTree(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(Path.of(file))));
        return parsed.findValue("routeTemplate");
    }

    private void entry(String name, String standard, String text) {
        paragraph("**`" + name + "`**, " + standard + (text.isEmpty() ? "" : ". " + text), "- ");
    }

    /** Wrapped; a list's further lines stand below its text. */
    private void paragraph(String text, String mark) {
        String code = CODE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(found.group().startsWith("docs/")
                ? "[" + found.group().substring("docs/".length()) + "](" + found.group().substring("docs/".length()) + ")" : "`" + found.group() + "`"));
        StringBuilder line = new StringBuilder(mark);
        for (String word : code.split(" ")) {
            if (line.length() > mark.length() && line.length() + word.length() > WIDTH) {
                page.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(" ".repeat(mark.length()));
            }
            line.append(word).append(' ');
        }
        page.append(line.toString().stripTrailing()).append('\n');
    }
}

package io.smsbridge;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import org.apache.camel.CamelContext;
import org.apache.camel.Route;

/** The page at / of the management port: what runs here in plain words, from the routes' own descriptions, and where to look. */
final class OperatorPage {

    private static final Map<String, String> STAGES = Map.of(
            "1-send", "Sends: from whoever asks for them to Infobip",
            "2-receive", "Webhooks: taken from Infobip, stored, answered",
            "3-record", "What a webhook says is recorded, and what is new is passed on",
            "4-forward", "Each downstream is told",
            "shared", "Retries, dead letters, answers, upkeep",
            "sandbox", "The simulated Infobip and its downstreams");

    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    private final StringBuilder html = new StringBuilder();

    private OperatorPage() {
    }

    static String of(CamelContext context) {
        OperatorPage page = new OperatorPage();
        page.html.append("""
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Infobip SMS Bridge</title><link rel="icon" href="/hawtio/img/bridge.svg"><link rel="stylesheet" href="/hawtio/operator.css"></head><body>
                <header><img src="/hawtio/img/bridge.svg" alt=""><h1>Infobip SMS Bridge</h1></header>
                <p>It takes SMS in over HTTP, sends them through Infobip, and tells each downstream what became of them.</p>
                <nav><a href="/hawtio/camel">Routes and their counters</a> <a href="/hawtio/jmx">Controls: accounts, downstreams, dead letters</a>
                <a href="/observe/health">Health</a> <a href="/hawtio/auth/logout">Log out</a></nav>
                """);
        page.table("Accounts", "accounts", List.of("Sender", "Sent", "Rejected", "Waiting", "LastError"));
        page.table("Downstreams", "downstreams", List.of("State", "FailingSince", "Forwarded", "Waiting", "OldestWaitingSeconds", "LastError"));
        page.deadLetters();
        page.routes(context);
        return page.html.append("</body></html>\n").toString();
    }

    private void table(String title, String type, List<String> attributes) {
        html.append("<h2>").append(title).append("</h2><table><tr><th>Name</th>");
        attributes.forEach(attribute -> html.append("<th>").append(attribute.replaceAll("(?<=[a-z])(?=[A-Z])", " ")).append("</th>"));
        html.append("</tr>");
        for (ObjectName name : new TreeSet<>(BEANS.queryNames(name("io.smsbridge:type=" + type + ",*"), null))) {
            html.append("<tr><td>").append(text(name.getKeyProperty("name"))).append("</td>");
            attributes.forEach(attribute -> html.append("<td>").append(text(attribute(name, attribute))).append("</td>"));
            html.append("</tr>");
        }
        html.append("</table>");
    }

    private void deadLetters() {
        ObjectName name = name("io.smsbridge:type=dead-letters");
        html.append("<h2>Dead letters: ").append(text(attribute(name, "Total"))).append("</h2><p>What nothing more is tried with is kept, with its reason,")
                .append(" until somebody puts it back into its queue or discards it: <a href=\"/hawtio/jmx\">Controls</a>, io.smsbridge, dead-letters,")
                .append(" Operations; or <code>/dead-letters</code> on this port.</p>");
    }

    private void routes(CamelContext context) {
        html.append("<h2>What each route does</h2>");
        Map<String, Map<String, Route>> groups = new TreeMap<>();
        for (Route route : context.getRoutes()) {
            String group = route.getGroup() == null ? "your own" : route.getGroup();
            groups.computeIfAbsent(group, any -> new TreeMap<>()).put(route.getRouteId(), route);
        }
        groups.forEach((group, routes) -> {
            boolean steps = group.endsWith(" (steps)");
            html.append(steps ? "<details><summary>Their steps</summary><dl>"
                    : "<h3>" + text(STAGES.getOrDefault(group, group)) + "</h3><dl>");
            routes.forEach((id, route) -> html.append("<dt>").append(text(id)).append("</dt><dd>").append(text(route.getDescription())).append("</dd>"));
            html.append(steps ? "</dl></details>" : "</dl>");
        });
    }

    private static ObjectName name(String name) {
        try {
            return new ObjectName(name);
        } catch (JMException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Object attribute(ObjectName name, String attribute) {
        try {
            return BEANS.getAttribute(name, attribute);
        } catch (JMException e) {
            return "not known";
        }
    }

    private static String text(Object value) {
        return value == null ? "" : value.toString().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}

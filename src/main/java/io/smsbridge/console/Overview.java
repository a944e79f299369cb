package io.smsbridge.console;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import org.apache.camel.CamelContext;
import org.apache.camel.Route;

/** What the first page of the management port shows: {@code {accounts, downstreams, deadLetters, groups: [{name, routes: [{id, description}]}]}}. */
final class Overview {

    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
    private static final List<String> OF_ACCOUNTS = List.of("Sender", "Sent", "Rejected", "Waiting", "LastError");
    private static final List<String> OF_DOWNSTREAMS = List.of("State", "FailingSince", "Forwarded", "Waiting", "OldestWaitingSeconds", "LastError");

    private Overview() {
    }

    static Map<String, Object> of(CamelContext context) {
        try {
            Map<String, Object> overview = new LinkedHashMap<>();
            overview.put("accounts", beans("accounts", OF_ACCOUNTS));
            overview.put("downstreams", beans("downstreams", OF_DOWNSTREAMS));
            overview.put("deadLetters", value(new ObjectName("io.smsbridge:type=dead-letters"), "Total"));
            overview.put("groups", groups(context));
            return overview;
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Map<String, Object>> beans(String type, List<String> attributes) throws JMException {
        List<Map<String, Object>> beans = new ArrayList<>();
        for (ObjectName name : new TreeSet<>(BEANS.queryNames(new ObjectName("io.smsbridge:type=" + type + ",*"), null))) {
            Map<String, Object> bean = new LinkedHashMap<>();
            bean.put("Name", name.getKeyProperty("name"));
            attributes.forEach(attribute -> bean.put(attribute, value(name, attribute)));
            beans.add(bean);
        }
        return beans;
    }

    /** Null where it can't be read. */
    private static Object value(ObjectName name, String attribute) {
        try {
            return BEANS.getAttribute(name, attribute);
        } catch (JMException e) {
            return null;
        }
    }

    private static List<Map<String, Object>> groups(CamelContext context) {
        Map<String, Map<String, Route>> groups = new TreeMap<>();
        for (Route route : context.getRoutes()) {
            groups.computeIfAbsent(route.getGroup() == null ? "your own" : route.getGroup(), any -> new TreeMap<>()).put(route.getRouteId(), route);
        }
        List<Map<String, Object>> shown = new ArrayList<>();
        groups.forEach((group, routes) -> shown.add(Map.of("name", group, "routes", routes.entrySet().stream()
                .map(route -> Map.of("id", route.getKey(), "description", String.valueOf(route.getValue().getDescription()))).toList())));
        return shown;
    }
}

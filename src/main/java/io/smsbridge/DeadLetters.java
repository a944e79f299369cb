package io.smsbridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import org.apache.camel.util.TimeUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bean {@code deadLetters}: the JMS behind routes/shared/handle-dead-letters.yaml and the MBean. It reads and writes queues as any
 * client does, so that an external broker's dead letters are handled like the embedded one's.
 * <p>
 * A letter is taken and put back into its queue in one transaction. Whatever happens to the process, it is in one of the two.
 */
public final class DeadLetters {

    /** Where the broker itself puts what no route could handle, and what the other dead letters' queues begin with. */
    static final String QUEUE = "dead-letters";
    private static final String PREFIX = QUEUE + ".";
    /** Artemis' word for the queue a message was in before it was moved. */
    private static final String ORIGIN = "_AMQ_ORIG_QUEUE";
    /** What says why a letter is one. The rest of its headers it had before, and has again when it is replayed. */
    private static final Set<String> OF_THE_LETTER = Set.of("reason", "failures", "failingSince", "givenUpAt", "notReplayable");
    private static final List<String> WEBHOOKS = List.of("webhooks.delivery-reports", "webhooks.inbound-messages", "webhooks.clicks");

    private static final List<String> CHOICES = List.of("id", "downstream", "account", "queue", "reason", "olderThan", "newerThan");
    private static final List<String> KNOWN = Stream.concat(CHOICES.stream(), Stream.of("all", "limit", "after")).toList();

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.dead-letters");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_LISTED = 1_000;
    private static final int LISTED = 100;
    private static final int SHOWN = 500;
    /** Letters in one transaction. */
    private static final int BATCH = 50;

    private final Supplier<ConnectionFactory> connections;
    private final Set<String> accounts;
    private final Set<String> downstreams;
    private final Mask mask = new Mask();

    /** @param connections the broker's connection factory, which exists only once Camel has made its beans */
    DeadLetters(Supplier<ConnectionFactory> connections, Set<String> accounts, Set<String> downstreams) {
        this.connections = connections;
        this.accounts = accounts;
        this.downstreams = downstreams;
    }

    /** A selector that JMS knows, and the same in Artemis' own words. */
    private record Selection(String queue, List<String> conditions) {

        String jms() {
            return String.join(" AND ", conditions);
        }

        String core() {
            return jms().replace("JMSTimestamp", "AMQTimestamp").replace("JMSMessageID", "AMQUserID");
        }

        Selection and(String condition) {
            List<String> more = new ArrayList<>(conditions);
            more.add(condition);
            return new Selection(queue, more);
        }
    }

    /**
     * Which letters are meant; all of them where nothing is said.
     *
     * @param filter any of {@code id, downstream, account, queue, reason} (a part of it), {@code olderThan} and {@code newerThan}
     *               (durations), besides {@code limit} and {@code after}, which only the listing reads
     */
    private List<Selection> selections(Connection connection, Map<String, Object> filter) throws JMSException {
        demandKnown(filter);
        String downstream = text(filter, "downstream");
        String account = text(filter, "account");
        String queue = text(filter, "queue");
        List<String> conditions = new ArrayList<>();
        if (text(filter, "id") != null) {
            conditions.add("JMSMessageID = " + quoted("ID:" + text(filter, "id")));
        }
        if (text(filter, "reason") != null) {
            conditions.add("reason LIKE " + quoted("%" + like(text(filter, "reason")) + "%") + " ESCAPE '!'");
        }
        age(filter, "olderThan", "<", conditions);
        age(filter, "newerThan", ">=", conditions);

        List<Selection> selections = new ArrayList<>();
        for (String name : queues(connection)) {
            Selection selection = new Selection(name, conditions);
            String from = name.equals(QUEUE) ? null : name.substring(PREFIX.length());
            if (queue != null && !queue.equals(name) && !queue.equals(from)) {
                if (from != null) {
                    continue;
                }
                selection = selection.and(ORIGIN + " = " + quoted(queue));
            }
            if (downstream != null) {
                if (from != null && !from.equals("events." + downstream)) {
                    continue;
                }
                selection = from != null ? selection : selection.and(ORIGIN + " = " + quoted("events." + downstream));
            }
            if (account != null && (from == null || !isOf(account, from))) {
                if (from != null && (from.startsWith("sends.") || from.startsWith("events."))) {
                    continue;
                }
                String carried = "account = " + quoted(account);
                selection = selection.and(from != null ? carried
                        : "(" + carried + " OR " + ORIGIN + " = " + quoted("sends." + account)
                        + " OR " + ORIGIN + " LIKE " + quoted(like("sends." + account + ".") + "%") + " ESCAPE '!')");
            }
            selections.add(selection);
        }
        return selections;
    }

    private static void age(Map<String, Object> filter, String name, String comparison, List<String> conditions) {
        String text = text(filter, name);
        if (text == null) {
            return;
        }
        if (!text.matches("[0-9]+(ms|s|m|h|d)")) {
            throw new IllegalArgumentException(name + ": '" + text + "' is no duration such as 30s, 10m, 12h or 2d");
        }
        long then = System.currentTimeMillis() - TimeUtils.toMilliSeconds(text);
        // What the broker put among the dead letters itself says only when it was queued.
        conditions.add("(givenUpAt " + comparison + " " + then + " OR (givenUpAt IS NULL AND JMSTimestamp " + comparison + " " + then + "))");
    }

    private static boolean isOf(String account, String queue) {
        return queue.equals("sends." + account) || queue.startsWith("sends." + account + ".");
    }

    private static String text(Map<String, Object> filter, String name) {
        Object value = filter.get(name);
        String text = value == null ? "" : value.toString().strip();
        return text.isEmpty() ? null : text;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** A text in which nothing stands for anything else. */
    private static String like(String text) {
        return text.replaceAll("([!%_])", "!$1");
    }

    /** Those the broker has, of accounts and downstreams long gone too; where it does not tell, those the settings give rise to. */
    private List<String> queues(Connection connection) throws JMSException {
        try {
            Object names = BrokerManagement.ask(connection, "broker", "getQueueNames");
            return Arrays.stream((Object[]) names).map(Object::toString).filter(name -> name.equals(QUEUE) || name.startsWith(PREFIX)).sorted().toList();
        } catch (JMSException e) {
            LOG.warn("the broker does not list its queues, so that dead letters of accounts and downstreams no longer configured are not seen: {}",
                    e.getMessage());
            Set<String> known = new TreeSet<>(Set.of(QUEUE, PREFIX + "sends"));
            accounts.forEach(account -> known.add(PREFIX + "sends." + account));
            downstreams.forEach(downstream -> known.add(PREFIX + "events." + downstream));
            WEBHOOKS.forEach(webhooks -> known.add(PREFIX + webhooks));
            return List.copyOf(known);
        }
    }

    /** The id in a path /dead-letters/ID[/replay]: a query parameter of the same name would join the header. */
    public String id(String path) {
        return path.split("/")[2];
    }

    /** The choice of one letter. */
    public Map<String, Object> byId(String id) {
        return Map.of("id", id);
    }

    /** {@code {letters, total, next}}: as many as {@code limit} says, each queue's oldest first, and from which id to go on. */
    public Map<String, Object> list(Map<String, Object> filter) throws JMSException {
        int limit = limit(filter);
        String after = text(filter, "after");
        List<Map<String, Object>> letters = new ArrayList<>();
        boolean more = false;
        try (Connection connection = connect()) {
            List<Selection> selections = selections(connection, filter);
            boolean begun = after == null;
            for (Selection selection : selections) {
                try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                        QueueBrowser browser = browser(session, selection)) {
                    Enumeration<?> messages = browser.getEnumeration();
                    while (!more && messages.hasMoreElements()) {
                        Message message = (Message) messages.nextElement();
                        if (!begun) {
                            begun = after.equals(id(message));
                        } else if (letters.size() == limit) {
                            more = true;
                        } else {
                            letters.add(letter(selection.queue(), message, true));
                        }
                    }
                }
                if (more) {
                    break;
                }
            }
            if (!begun) {
                throw new IllegalArgumentException("after: no dead letter among those asked for has this id; it may have been replayed or discarded");
            }
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("total", total(connection, selections));
            answer.put("letters", letters);
            if (more) {
                answer.put("next", letters.get(letters.size() - 1).get("id"));
            }
            return answer;
        }
    }

    private static int limit(Map<String, Object> filter) {
        String text = text(filter, "limit");
        if (text == null) {
            return LISTED;
        }
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST_LISTED) {
            throw new IllegalArgumentException("limit: '" + text + "' has to be a whole number from 1 to " + MOST_LISTED);
        }
        return Integer.parseInt(text);
    }

    private static QueueBrowser browser(Session session, Selection selection) throws JMSException {
        return session.createBrowser(session.createQueue(selection.queue()), selection.jms().isEmpty() ? null : selection.jms());
    }

    /** Null where the broker does not count. */
    private static Long total(Connection connection, List<Selection> selections) {
        long total = 0;
        try {
            for (Selection selection : selections) {
                total += ((Number) BrokerManagement.ask(connection, "queue." + selection.queue(), "countMessages", selection.core())).longValue();
            }
            return total;
        } catch (JMSException e) {
            return null;
        }
    }

    /** One letter as it is, with its payload and every number in it. */
    public Map<String, Object> letter(String id) throws JMSException {
        try (Connection connection = connect();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            for (Selection selection : selections(connection, Map.of("id", id))) {
                try (QueueBrowser browser = browser(session, selection)) {
                    Enumeration<?> messages = browser.getEnumeration();
                    if (messages.hasMoreElements()) {
                        return letter(selection.queue(), (Message) messages.nextElement(), false);
                    }
                }
            }
        }
        throw new NoSuchElementException("no dead letter has the id " + id + "; it may have been replayed or discarded");
    }

    private Map<String, Object> letter(String queue, Message message, boolean masked) throws JMSException {
        String from = from(queue, message);
        byte[] payload = payload(message);
        JsonNode json = json(payload);
        Map<String, Object> letter = new LinkedHashMap<>();
        letter.put("id", id(message));
        letter.put("queue", from);
        putUnlessNull(letter, "downstream", from.startsWith("events.") ? from.substring("events.".length()) : null);
        putUnlessNull(letter, "account", from.startsWith("sends.") ? account(from) : message.getStringProperty("account"));
        String reason = reason(queue, message);
        letter.put("reason", masked ? mask.numbers(reason) : reason);
        // The broker does not say how often it delivered what it gave up.
        putUnlessNull(letter, "attempts", message.propertyExists("failures") ? (Integer) message.getIntProperty("failures") : queue.equals(QUEUE) ? null : (Integer) 1);
        long last = message.propertyExists("givenUpAt") ? message.getLongProperty("givenUpAt") : message.getJMSTimestamp();
        letter.put("firstFailedAt", time(message.propertyExists("failingSince") ? message.getLongProperty("failingSince") : last));
        letter.put("lastFailedAt", time(last));
        letter.put("items", items(json));
        String obstacle = obstacle(from, message);
        letter.put("replayable", obstacle == null);
        putUnlessNull(letter, "whyNot", obstacle);
        if (masked) {
            String text = mask.numbers(new String(payload, StandardCharsets.UTF_8));
            letter.put("payload", text.length() > SHOWN ? Texts.cut(text, SHOWN) + "..." : text);
        } else {
            letter.put("headers", headers(message));
            letter.put("payload", json == null ? new String(payload, StandardCharsets.UTF_8) : json);
        }
        return letter;
    }

    private static void putUnlessNull(Map<String, Object> map, String key, Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** What JMS puts before every id says nothing, and has no place in a URL. */
    private static String id(Message message) throws JMSException {
        String id = message.getJMSMessageID();
        return id == null ? "" : id.replaceFirst("^ID:", "");
    }

    /** The queue the letter was in before it was one. */
    private static String from(String queue, Message message) throws JMSException {
        String origin = queue.equals(QUEUE) ? message.getStringProperty(ORIGIN) : queue;
        return origin == null ? QUEUE : origin.startsWith(PREFIX) ? origin.substring(PREFIX.length()) : origin;
    }

    private static String account(String sends) {
        return sends.split("\\.")[1];
    }

    private static String reason(String queue, Message message) throws JMSException {
        String reason = message.getStringProperty("reason");
        return reason != null ? reason
                : queue.equals(QUEUE) ? "the broker gave it up: it could not be handled in any of its tries, or had expired; the log says why"
                : "none was recorded";
    }

    /** Why a letter can't be replayed; null when it can. */
    private String obstacle(String from, Message message) throws JMSException {
        return message.propertyExists("notReplayable") ? message.getStringProperty("notReplayable") : obstacle(from);
    }

    private String obstacle(String from) {
        if (from.equals("sends") || WEBHOOKS.contains(from)) {
            return null;
        }
        if (from.startsWith("events.")) {
            String name = from.substring("events.".length());
            return downstreams.contains(name) ? null : "there is no downstream " + name + " in the settings";
        }
        if (from.startsWith("sends.")) {
            return accounts.contains(account(from)) ? null : "there is no account " + account(from) + " in the settings";
        }
        return from.equals(QUEUE) ? "it does not say which queue it comes from" : "nobody reads the queue " + from;
    }

    private static byte[] payload(Message message) throws JMSException {
        if (message instanceof BytesMessage bytes) {
            byte[] payload = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(payload);
            bytes.reset();
            return payload;
        }
        String text = message instanceof TextMessage one ? one.getText() : null;
        return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode json(byte[] payload) {
        try {
            JsonNode json = JSON.readTree(payload);
            return json.isMissingNode() ? null : json;
        } catch (IOException e) {
            return null;
        }
    }

    private static int items(JsonNode json) {
        if (json == null) {
            return 1;
        }
        JsonNode list = json.isArray() ? json : json.path("records").isArray() ? json.get("records") : json.path("results");
        return list.isArray() ? list.size() : 1;
    }

    /** The headers it had before it was a dead letter. */
    private static Map<String, Object> headers(Message message) throws JMSException {
        Map<String, Object> headers = new TreeMap<>();
        for (Object name : Collections.list(message.getPropertyNames())) {
            if (!OF_THE_LETTER.contains(name) && !name.toString().matches("(JMS|_|Camel).*")) {
                headers.put(name.toString(), message.getObjectProperty(name.toString()));
            }
        }
        return headers;
    }

    /** {@code {queues: {queue: letters}, reasons: {reason: letters}}}, without those that have none. */
    public Map<String, Map<String, Long>> counts() throws JMSException {
        Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
        counts.put("queues", counts(null));
        counts.put("reasons", counts("reason"));
        return counts;
    }

    private Map<String, Long> counts(String property) throws JMSException {
        Map<String, Long> counts = new TreeMap<>();
        try (Connection connection = connect()) {
            for (String queue : queues(connection)) {
                Object answer = property == null ? BrokerManagement.ask(connection, "queue." + queue, "countMessages", "")
                        : BrokerManagement.ask(connection, "queue." + queue, "countMessages", "", property);
                if (answer instanceof Number number) {
                    counts.merge(queue, number.longValue(), Long::sum);
                } else {
                    json(answer.toString().getBytes(StandardCharsets.UTF_8)).fields().forEachRemaining(one ->
                            counts.merge(mask.numbers(one.getKey().equals("null") ? "none was recorded" : one.getKey()), one.getValue().asLong(), Long::sum));
                }
            }
        }
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    /** Puts the letters meant back into their queues: {@code {replayed, notReplayed: [{queue, letters, reason}]}}. */
    public Map<String, Object> replay(Map<String, Object> filter) throws JMSException {
        demandChoice(filter, "replay");
        Map<String, Object> answer = new LinkedHashMap<>();
        List<Map<String, Object>> obstacles = new ArrayList<>();
        long replayed = 0;
        try (Connection connection = connect()) {
            for (Selection selection : notSince(System.currentTimeMillis(), filter, selections(connection, filter))) {
                for (Selection part : byOrigin(connection, selection, obstacles)) {
                    replayed += take(connection, part, filter, true);
                }
            }
        }
        demandFound(filter, replayed + obstacles.size());
        LOG.info("replayed {} dead letters ({})", replayed, said(filter));
        answer.put("replayed", replayed);
        answer.put("notReplayed", obstacles);
        return answer;
    }

    /** Takes the letters meant away for good: {@code {discarded}}. */
    public Map<String, Object> discard(Map<String, Object> filter) throws JMSException {
        demandChoice(filter, "discard");
        long discarded = 0;
        try (Connection connection = connect()) {
            for (Selection selection : notSince(System.currentTimeMillis(), filter, selections(connection, filter))) {
                discarded += take(connection, selection, filter, false);
            }
        }
        demandFound(filter, discarded);
        LOG.info("discarded {} dead letters ({})", discarded, said(filter));
        return Map.of("discarded", discarded);
    }

    private String said(Map<String, Object> filter) {
        return mask.numbers(filter.toString());
    }

    private static void demandKnown(Map<String, Object> filter) {
        filter.keySet().stream().filter(name -> !KNOWN.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(name + ": no such choice; there are " + String.join(", ", KNOWN));
        });
    }

    /** A forgotten filter is not to mean everything. */
    private static void demandChoice(Map<String, Object> filter, String what) {
        demandKnown(filter);
        if (CHOICES.stream().allMatch(choice -> text(filter, choice) == null) && !"true".equals(text(filter, "all"))) {
            throw new IllegalArgumentException("say which dead letters to " + what + ", by any of " + String.join(", ", CHOICES) + "; all=true means all of them");
        }
    }

    private static void demandFound(Map<String, Object> filter, long found) {
        if (found == 0 && text(filter, "id") != null) {
            throw new NoSuchElementException("no dead letter has the id " + text(filter, "id") + "; it may have been replayed or discarded");
        }
    }

    /** What becomes a dead letter again while others are still being replayed is not replayed again. */
    private static List<Selection> notSince(long now, Map<String, Object> filter, List<Selection> selections) {
        return text(filter, "id") != null ? selections : selections.stream().map(selection -> selection.and("JMSTimestamp <= " + now)).toList();
    }

    /** The letters of one queue that can be replayed, in parts that go to one queue each; those that can't are only counted. */
    private List<Selection> byOrigin(Connection connection, Selection selection, List<Map<String, Object>> obstacles) throws JMSException {
        Map<String, Map<String, Object>> counted = new LinkedHashMap<>();
        Set<String> origins = new LinkedHashSet<>();
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                QueueBrowser browser = browser(session, selection)) {
            Enumeration<?> messages = browser.getEnumeration();
            while (messages.hasMoreElements()) {
                Message message = (Message) messages.nextElement();
                String from = from(selection.queue(), message);
                String obstacle = obstacle(from, message);
                if (obstacle == null) {
                    origins.add(String.valueOf(message.getStringProperty(ORIGIN)));
                } else {
                    counted.computeIfAbsent(from + obstacle, key -> new LinkedHashMap<>(Map.of("queue", from, "reason", obstacle)))
                            .merge("letters", 1L, (one, more) -> (Long) one + (Long) more);
                }
            }
        }
        obstacles.addAll(counted.values());
        if (origins.isEmpty()) {
            return List.of();
        }
        Selection replayable = selection.and("notReplayable IS NULL");
        return !selection.queue().equals(QUEUE) ? List.of(replayable)
                : origins.stream().map(origin -> replayable.and(ORIGIN + " = " + quoted(origin))).toList();
    }

    /** Receives all that is selected, and puts it back into its queue where it is replayed; how many there were. */
    private long take(Connection connection, Selection selection, Map<String, Object> filter, boolean replay) throws JMSException {
        connection.start();
        long taken = 0;
        try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(session.createQueue(selection.queue()),
                        selection.jms().isEmpty() ? null : selection.jms())) {
            Map<String, MessageProducer> producers = new LinkedHashMap<>();
            try {
                // Artemis asks the server before it says that there is nothing.
                for (Message message = consumer.receiveNoWait(); message != null; message = consumer.receiveNoWait()) {
                    if (replay) {
                        putBack(session, producers, from(selection.queue(), message), message);
                    }
                    taken++;
                    if (taken % BATCH == 0) {
                        session.commit();
                    }
                    if (text(filter, "id") != null) {
                        break;
                    }
                }
                session.commit();
            } catch (JMSException | RuntimeException e) {
                session.rollback();
                throw e;
            }
        }
        return taken;
    }

    private static void putBack(Session session, Map<String, MessageProducer> producers, String queue, Message letter) throws JMSException {
        MessageProducer producer = producers.get(queue);
        if (producer == null) {
            producer = session.createProducer(session.createQueue(queue));
            producers.put(queue, producer);
        }
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(payload(letter));
        for (Map.Entry<String, Object> header : headers(letter).entrySet()) {
            message.setObjectProperty(header.getKey(), header.getValue());
        }
        if (queue.startsWith("sends.")) {
            // What the ledger recorded under the old id is taken up again under the new one: see replayed-sends.yaml. A replay that
            // the broker gave up is the same one still.
            if (letter.propertyExists("requestId") && !letter.propertyExists("replayOf")) {
                message.setStringProperty("replayOf", letter.getStringProperty("requestId"));
                message.setStringProperty("requestId", UUID.randomUUID().toString());
            }
        } else if (queue.startsWith("webhooks.")) {
            // An element that was parted from its webhook has a life of its own.
            if (!letter.propertyExists("requestId")) {
                message.setStringProperty("requestId", UUID.randomUUID().toString());
            }
            if (!letter.propertyExists("receivedAt")) {
                message.setStringProperty("receivedAt", time(letter.getJMSTimestamp()));
            }
        }
        producer.send(message, letter.getJMSDeliveryMode(), letter.getJMSPriority(), 0);
    }

    private Connection connect() throws JMSException {
        return connections.get().createConnection();
    }
}

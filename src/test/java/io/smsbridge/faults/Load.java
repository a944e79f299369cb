package io.smsbridge.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.faults.Infobip.Message;

/**
 * Those who call the bridge: clients that send, and Infobip with its reports, inbound messages and clicks. Each request is posted
 * until it is answered 200, and what was answered so is remembered. A client that gives no ids of its own does not repeat a request
 * whose fate it does not know, as nobody could tell the second from another message.
 */
final class Load implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Recipients of the largest request. */
    static final int MOST = 100;
    private static final int SENDERS = 4;
    private static final int POSTERS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** Milliseconds before a request is posted again. */
    private static final long PAUSE = 100;

    /**
     * One request of a client.
     *
     * @param repeatable whether its recipients have ids of the client's own
     * @param texts      of its good recipients
     * @param refused    ids of its bad ones
     * @param upTo       how many messages there are with it and those before it
     */
    private record Send(String body, boolean repeatable, List<String> texts, List<String> refused, int upTo) {
    }

    /** One webhook, and what follows when it has been taken for the first time. */
    private record Webhook(String path, String body, Runnable taken) {
    }

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(3)).build();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(SENDERS + POSTERS);
    private final IntFunction<String> doors;
    private final Random random;
    private final Queue<Send> sends = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger unavailable = new AtomicInteger();
    private volatile int released;
    /** Kills the bridge that is named to it; null when nobody is to be killed. */
    private volatile Consumer<String> kill;
    private final AtomicLong slowest = new AtomicLong();

    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final Set<String> uncertain = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final Set<String> reported = ConcurrentHashMap.newKeySet();
    private final Set<String> replied = ConcurrentHashMap.newKeySet();
    private final Set<String> clicked = ConcurrentHashMap.newKeySet();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();

    /**
     * @param doors    the URL for a try, of one bridge or another
     * @param messages how many recipients are sent to
     */
    Load(IntFunction<String> doors, int messages, long seed) {
        this.doors = doors;
        this.random = new Random(seed);
        for (int from = 0; from < messages;) {
            int kind = random.nextInt(10);
            int size = Math.min(messages - from, kind < 4 ? 1 : kind < 6 ? 2 + random.nextInt(20) : MOST);
            sends.add(send(from, size, random.nextInt(7) > 0));
            from += size;
        }
        open.set(sends.size());
    }

    private Send send(int from, int size, boolean repeatable) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode recipients = body.putArray("messages");
        List<String> texts = new ArrayList<>();
        List<String> bad = new ArrayList<>();
        for (int i = from; i < from + size; i++) {
            ObjectNode recipient = recipients.addObject().put("to", number(i)).put("text", "text " + i);
            if (repeatable) {
                recipient.put("messageId", "id " + i);
            }
            texts.add("text " + i);
        }
        if (repeatable && size > 1 && random.nextInt(3) == 0) {
            recipients.addObject().put("to", "12").put("text", "nobody").put("messageId", "bad " + from);
            bad.add("bad " + from);
        }
        return new Send(body.toString(), repeatable, texts, bad, from + size);
    }

    private static String number(int i) {
        return "44770" + (1_000_000 + i % 9_000_000);
    }

    /** Lets the first so many messages be sent. */
    void release(int count) {
        released = Math.max(released, count);
    }

    /** And those of one request more. */
    void releaseMore() {
        released += MOST;
    }

    /** Kills the next bridge that answers 200, as soon as it has; null: nobody is killed any more. */
    void killAt(Consumer<String> killer) {
        kill = killer;
    }

    void start() {
        for (int i = 0; i < SENDERS; i++) {
            sendNext();
        }
    }

    private void sendNext() {
        Send send;
        synchronized (sends) {
            send = sends.peek();
            if (send == null) {
                return;
            }
            if (send.upTo() > released) {
                after(PAUSE, this::sendNext);
                return;
            }
            sends.remove();
        }
        after(0, () -> send(send));
    }

    private void send(Send send) {
        HttpResponse<String> response;
        try {
            response = post("/sms/send", send.body());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            after(PAUSE, () -> send(send));
            return;
        } catch (IOException e) {
            response = null;
        }
        if (response != null && response.statusCode() == 200) {
            checkAnswer(send, response.body());
            accepted.addAll(send.texts());
            refused.addAll(send.refused());
        } else if (send.repeatable()) {
            after(PAUSE, () -> send(send));
            return;
        } else {
            uncertain.addAll(send.texts());
        }
        open.decrementAndGet();
        sendNext();
    }

    /** Refused are those alone whose number is none, and everybody else is accepted, now or before. */
    private void checkAnswer(Send send, String body) {
        JsonNode answer = read(body);
        if (answer.path("messages").size() != send.texts().size() || answer.path("rejected").size() != send.refused().size()) {
            problems.add("an answer does not match its request: " + body);
        }
    }

    /** What Infobip tells of messages it has accepted, later on and in no certain order. */
    void tellOf(List<Message> messages) {
        List<Message> shuffled = new ArrayList<>(messages);
        synchronized (random) {
            Collections.shuffle(shuffled, random);
            if (random.nextInt(10) == 0) {
                later(new Webhook("/infobip/delivery-reports/main", reports(shuffled, 1), () -> { }), random.nextInt(2000));
            }
            boolean contradicted = random.nextInt(10) == 0;
            later(new Webhook("/infobip/delivery-reports/main", reports(shuffled, 3), () -> {
                shuffled.forEach(message -> reported.add(message.id()));
                if (contradicted) {
                    later(new Webhook("/infobip/delivery-reports/main", reports(shuffled, 2), () -> { }), 500);
                }
            }), random.nextInt(1500));
            List<Message> writers = shuffled.stream().filter(message -> random.nextInt(10) == 0).toList();
            if (!writers.isEmpty()) {
                later(new Webhook("/infobip/inbound-messages/main", replies(writers),
                        () -> writers.forEach(message -> replied.add(message.id() + "-reply"))), random.nextInt(3000));
            }
            shuffled.stream().filter(message -> random.nextInt(20) == 0).forEach(message ->
                    later(new Webhook("/infobip/clicks/main", click(message), () -> clicked.add(message.id())), random.nextInt(3000)));
        }
    }

    private static String reports(List<Message> messages, int group) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode results = body.putArray("results");
        String now = Instant.now().toString().replace("Z", "+0000");
        for (Message message : messages) {
            ObjectNode report = results.addObject().put("messageId", message.id()).put("to", message.to()).put("messageCount", 1)
                    .put("sentAt", now).put("doneAt", now).put("callbackData", message.meta());
            report.putObject("status").put("groupId", group).put("id", group + 4)
                    .put("groupName", group == 1 ? "PENDING" : group == 2 ? "UNDELIVERABLE" : "DELIVERED").put("name", "NAME");
        }
        return body.toString();
    }

    private static String replies(List<Message> messages) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode results = body.putArray("results");
        for (Message message : messages) {
            results.addObject().put("messageId", message.id() + "-reply").put("from", message.to()).put("to", "447860000000")
                    .put("text", "I see").put("receivedAt", Instant.now().toString().replace("Z", "+0000"));
        }
        return body.toString();
    }

    private static String click(Message message) {
        return JSON.createObjectNode().put("notificationType", "CLICKED").put("url", "https://example.com/" + message.id())
                .put("recipient", message.to()).put("sendDateTime", System.currentTimeMillis()).put("messageId", message.id())
                .put("callbackData", message.meta()).toString();
    }

    private void later(Webhook webhook, long millis) {
        open.incrementAndGet();
        after(millis, () -> deliver(webhook));
    }

    private void deliver(Webhook webhook) {
        try {
            if (post(webhook.path(), webhook.body()).statusCode() != 200) {
                after(PAUSE, () -> deliver(webhook));
                return;
            }
        } catch (IOException e) {
            after(PAUSE, () -> deliver(webhook));
            return;
        }
        webhook.taken().run();
        // As Infobip does that has not seen the answer.
        synchronized (random) {
            if (random.nextInt(7) == 0) {
                later(new Webhook(webhook.path(), webhook.body(), () -> { }), random.nextInt(3000));
            }
        }
        open.decrementAndGet();
    }

    private void after(long millis, Runnable task) {
        threads.schedule(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                problems.add("the load itself failed: " + e);
            }
        }, millis, TimeUnit.MILLISECONDS);
    }

    private HttpResponse<String> post(String path, String body) throws IOException {
        long asked = System.currentTimeMillis();
        String door = doors.apply(unavailable.get());
        try {
            HttpResponse<String> response = http.send(HttpRequest.newBuilder(URI.create(door + path)).timeout(PATIENCE)
                    .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
            Consumer<String> killer = kill;
            if (killer != null && response.statusCode() == 200) {
                killer.accept(door);
            }
            if (response.statusCode() != 200) {
                unavailable.incrementAndGet();
                if (response.statusCode() != 503) {
                    problems.add(path + " was answered " + response.statusCode() + ": " + response.body());
                }
            }
            return response;
        } catch (IOException e) {
            unavailable.incrementAndGet();
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        } finally {
            slowest.accumulateAndGet(System.currentTimeMillis() - asked, Math::max);
        }
    }

    private static JsonNode read(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether everything was posted and taken that there is for now. */
    boolean done() {
        return open.get() == 0;
    }

    int open() {
        return open.get();
    }

    /** The longest that anybody waited for an answer, or for being told that there is none, in milliseconds. */
    long slowest() {
        return slowest.get();
    }

    /** Texts of messages that were answered 200. */
    Set<String> accepted() {
        return accepted;
    }

    /** Texts of messages of which no client knows whether they were taken. */
    Set<String> uncertain() {
        return uncertain;
    }

    /** Ids of the recipients refused in a 200. */
    Set<String> refused() {
        return refused;
    }

    /** Infobip's ids of messages whose final report was answered 200. */
    Set<String> reported() {
        return reported;
    }

    /** Ids of inbound messages answered 200. */
    Set<String> replied() {
        return replied;
    }

    /** Infobip's ids of messages with a click answered 200. */
    Set<String> clicked() {
        return clicked;
    }

    /** What was answered wrongly. */
    Collection<String> problems() {
        return problems;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

package io.smsbridge.fuzz;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** HTTP requests to each door, as bytes: the path, the headers or the body is odd, or what is sent is hardly HTTP. */
public final class Requests {

    /**
     * @param bytes   all of it
     * @param door    what it is made for
     * @param good    an id that has to be told once this is answered 200; null for none
     * @param managed whether it is for the management port
     */
    public record Made(byte[] bytes, String door, String good, boolean managed) {
    }

    private static final List<String> HTTP_DOORS = List.of("/sms/send", "/sms/send/main", "/sms/send/sandbox", "/sms/send/none", "/sms/messages/NUMBER", "/sms/messages/",
            "/openapi", "/openapi.json", "/sandbox/handsets", "/sandbox/downstream", "/sandbox/downstream/NUMBER", "/sandbox/infobip/sms/3/messages",
            "/sandbox/infobip/sms/1/inbox/reports", "/sandbox/infobip/sms/3/reports", "/s/NUMBER", "/infobip/delivery-reports", "/infobip/inbound-messages/main",
            "/infobip/clicks/main/token", "/infobip/none", "/", "/sms", "/infobip");
    private static final List<String> MANAGED_DOORS = List.of("/", "/overview", "/overview?after=NUMBER", "/messages?search=NUMBER", "/downstreams/NUMBER/resume", "/accounts/none/test-sms",
            "/page/NUMBER", "/hawtio/", "/hawtio/user", "/hawtio/auth/config/login", "/hawtio/refresh", "/hawtio/plugin",
            "/hawtio/static/none", "/hawtio/jolokia", "/observe/jolokia", "/observe/health", "/observe/health/live", "/observe/metrics", "/dead-letters",
            "/dead-letters/counts", "/dead-letters/NUMBER", "/dead-letters/NUMBER/replay", "/dead-letters?queue=webhooks.clicks", "/dead-letters?reason=NUMBER&olderThan=1d",
            "/sms/people/447700900123", "/sms/people/NUMBER");
    private static final List<String> JOLOKIA = List.of("{\"type\":\"version\"}", "{\"type\":\"search\",\"mbean\":\"io.smsbridge:*\"}",
            "{\"type\":\"read\",\"mbean\":\"io.smsbridge:type=dead-letters\"}", "{\"type\":\"list\",\"path\":\"io.smsbridge\"}");
    private static final List<String> TYPES = List.of("application/json", "application/json", "application/json;charset=UTF-8", "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=b", "text/plain", "application/json;charset=UTF-16", "application/json;charset=none", "x", "");

    private final SplittableRandom random;
    private final Mutator mutator;
    private final String number;

    public Requests(SplittableRandom random, Mutator mutator, String number) {
        this.random = random;
        this.mutator = mutator;
        this.number = number;
    }

    public Made next() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> send();
            case 3, 4, 5 -> webhook();
            case 6 -> sandbox();
            case 7 -> managed();
            case 8 -> anywhere(HTTP_DOORS, false);
            default -> hardlyHttp();
        };
    }

    private Made send() {
        String path = "/sms/send" + (random.nextInt(4) == 0 ? "" : "/main");
        JsonNode tree = random.nextInt(10) == 0 ? mutator.value(3) : mutator.mutated(mutator.one(Samples.SENDS));
        byte[] body = Samples.numbered(tree, number).getBytes(StandardCharsets.UTF_8);
        switch (random.nextInt(6)) {
            case 0 -> {
                return new Made(request("POST", path, "application/x-www-form-urlencoded", form(tree)), path, null, false);
            }
            case 1 -> {
                String query = new String(form(tree), StandardCharsets.ISO_8859_1);
                return new Made(request("GET", path + "?" + query.replaceAll("[\\s\\x00]", "+"), "", new byte[0]), path, null, false);
            }
            case 2 -> {
                String part = "--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\n447700900123\r\n--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nHi\r\n--b--\r\n";
                return new Made(request("POST", path, "multipart/form-data; boundary=b", mutator.mutated(part.getBytes(StandardCharsets.UTF_8))), path, null, false);
            }
            case 3 -> {
                return new Made(request("POST", path, mutator.one(TYPES), mutator.mutated(body)), path, null, false);
            }
            default -> {
                return new Made(request("POST", path, "application/json", body), path, null, false);
            }
        }
    }

    private byte[] form(JsonNode tree) {
        StringBuilder form = new StringBuilder();
        tree.properties().forEach(field -> form.append(form.isEmpty() ? "" : "&").append(URLEncoder.encode(field.getKey(), StandardCharsets.UTF_8)).append('=')
                .append(URLEncoder.encode(field.getValue().isTextual() ? field.getValue().textValue() : field.getValue().toString(), StandardCharsets.UTF_8)));
        byte[] bytes = form.toString().replace("NUMBER", number).getBytes(StandardCharsets.UTF_8);
        return random.nextInt(4) == 0 ? mutator.mutated(bytes) : bytes;
    }

    private Made webhook() {
        String kind = mutator.one(List.of("delivery-reports", "inbound-messages", "clicks"));
        String path = "/infobip/" + kind + mutator.one(List.of("", "/main", "/main", "/sandbox", "/none", "/main/token"));
        List<JsonNode> samples = Samples.ELEMENTS.get(kind);
        if (random.nextInt(3) == 0) {
            byte[] body = ("{\"results\":[" + Samples.numbered(mutator.one(samples), number) + "]}").getBytes(StandardCharsets.UTF_8);
            return new Made(request("POST", path, random.nextInt(4) == 0 ? mutator.one(TYPES) : "application/json", mutator.mutated(body)), path, null, false);
        }
        ArrayNode elements = JsonNodeFactory.instance.arrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
            elements.add(random.nextInt(6) == 0 ? mutator.value(3) : mutator.mutated(mutator.one(samples)));
        }
        String odd = Samples.numbered(elements, number + "-odd");
        String good = Samples.numbered(samples.get(0), number + "-good");
        String all = odd.equals("[]") ? "[" + good + "]" : random.nextBoolean() ? "[" + good + "," + odd.substring(1) : odd.substring(0, odd.length() - 1) + "," + good + "]";
        String body = random.nextInt(4) == 0 ? all : "{\"results\":" + all + "}";
        String id = number + "-good" + switch (kind) {
            case "delivery-reports" -> ":delivered";
            case "inbound-messages" -> ":replied";
            default -> ":clicked:";
        };
        return new Made(request("POST", path, "application/json", body.getBytes(StandardCharsets.UTF_8)), path, id, false);
    }

    private Made sandbox() {
        String path = mutator.one(List.of("/sandbox/infobip/sms/3/messages", "/sandbox/downstream/clevertap", "/sandbox/downstream/crm"));
        String valid = path.contains("infobip") ? "{\"messages\":[{\"destinations\":[{\"to\":\"447700900123\",\"messageId\":\"NUMBER\"}],\"content\":{\"text\":\"Hi https://example.com\"}}]}"
                : "[{\"event\":\"delivered\",\"data\":[{\"ts\":1764000000,\"meta\":\"NUMBER\",\"description\":\"d\"}]}]";
        return new Made(request("POST", path, "application/json\r\nAuthorization: App sandbox-key", mutator.mutated(valid.replace("NUMBER", number)
                .getBytes(StandardCharsets.UTF_8))), path, null, false);
    }

    private Made managed() {
        if (random.nextInt(3) == 0) {
            return new Made(request("POST", mutator.one(List.of("/hawtio/jolokia", "/observe/jolokia")), "application/json\r\n" + login(),
                    mutator.mutated(mutator.one(JOLOKIA).getBytes(StandardCharsets.UTF_8))), "jolokia", null, true);
        }
        return anywhere(MANAGED_DOORS, true);
    }

    private static String login() {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString("admin:c0nsole".getBytes(StandardCharsets.UTF_8));
    }

    private Made anywhere(List<String> doors, boolean managed) {
        String door = mutator.one(doors);
        String path = door.replace("NUMBER", number);
        if (random.nextInt(3) > 0) {
            path = new String(mutator.mutated(path.getBytes(StandardCharsets.UTF_8)), StandardCharsets.ISO_8859_1).replaceAll("[\\s\\x00]", "%20");
            path = path.startsWith("/") ? path : "/" + path;
        }
        if (managed && path.contains("jolokia/exec")) {
            path = "/";
        }
        String method = mutator.one(List.of("GET", "GET", "GET", "POST", "PUT", "DELETE", "HEADS", "OPTIONS", "PATCH"));
        byte[] body = method.equals("POST") || method.equals("PUT") ? mutator.mutated("{\"a\": [1, \"b\"]}".getBytes(StandardCharsets.UTF_8)) : new byte[0];
        return new Made(request(method, path, mutator.one(TYPES) + (managed && random.nextInt(5) > 0 ? "\r\n" + login() : ""), body), door, null, managed);
    }

    private Made hardlyHttp() {
        byte[] valid = request("POST", "/sms/send/main", "application/json", Samples.numbered(mutator.one(Samples.SENDS), number).getBytes(StandardCharsets.UTF_8));
        int head = 40 + random.nextInt(valid.length - 40);
        byte[] odd = mutator.mutated(java.util.Arrays.copyOf(valid, head));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(odd);
        all.write(valid, head, valid.length - head);
        // Whatever has come out of it is an end of a head, too, and of a short body: else the bridge would wait for more, and be right.
        all.writeBytes(("\r\n\r\n" + " ".repeat(3_000)).getBytes(StandardCharsets.US_ASCII));
        return new Made(all.toByteArray(), "hardly HTTP", null, false);
    }

    private byte[] request(String method, String path, String type, byte[] body) {
        StringBuilder head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
        if (!type.isEmpty()) {
            head.append("Content-Type: ").append(type).append("\r\n");
        }
        if (random.nextInt(8) == 0) {
            head.append(mutator.one(List.of("CamelHttpUri: http://127.0.0.1:1/", "CamelHttpPath: /x", "CamelFileName: ../x", "CamelHttpMethod: DELETE", "traceparent: x",
                    "X-Forwarded-For: ${exchangeId}", "kind: clicks", "account: {{http.port}}", "Expect: x", "Content-Encoding: gzip", "Accept: x/y", "name: x"))).append("\r\n");
        }
        if (body.length > 0 || !method.equals("GET")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }
}

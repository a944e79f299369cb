package io.smsbridge;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.maps.RouteFiles;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * {@code send-test}: one message through the routes of one account, then what Infobip said of it. It runs beside a running bridge:
 * with a port and a ledger of its own, and with no downstream, so that nobody is told of it.
 */
final class SendTestCommand {

    private static final int EXIT_NOT_SENT = 1;
    /** Below those from which the system takes ports for outgoing connections. */
    private static final int FIRST_PORT = 30_000;
    private static final int PORTS = 2_768;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Option to the field of a send request. */
    private static final Map<String, String> OPTIONS = Map.of(
            "--account", "account", "--to", "to", "--text", "text", "--sender", "sender", "--template-id", "templateId");

    private static final String USAGE = """
            Sends one SMS through an account and prints what Infobip said.

              java -jar infobip-sms-bridge.jar send-test --to NUMBER [--account NICKNAME] [--text TEXT] [--sender SENDER]
                                                         [--template-id ID]

              --to           the recipient in international form, such as +447700900123
              --account      the account's nickname; sms.default-account without it
              --text         default: Test message
              --sender       default: the account's
              --template-id  India: the DLT content template id

            Exit code: 0 Infobip accepted it, 1 it did not go, 2 wrong arguments or settings.
            """;

    private SendTestCommand() {
    }

    static int run(Path home, String[] args) throws Exception {
        if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
            return CommandLine.print(USAGE);
        }
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            String field = OPTIONS.get(args[i]);
            if (field == null || i + 1 == args.length) {
                System.err.print((field == null ? "Unknown option " + args[i] : args[i] + " needs a value") + "\n\n" + USAGE);
                return CommandLine.EXIT_USAGE;
            }
            options.put(field, args[i + 1]);
        }
        if (!options.containsKey("to")) {
            System.err.print("--to is missing\n\n" + USAGE);
            return CommandLine.EXIT_USAGE;
        }
        Configurator.setAllLevels("", Level.OFF);

        Path data = workDirectory(home);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(data)));
        try {
            Startup startup = new Startup(home, RouteFiles.of(home), options.getOrDefault("account", ""));
            Main main = BridgeMain.create(home, overrides(data), startup);
            try {
                main.start();
                return send(startup.core(), main.getCamelContext(), options);
            } finally {
                main.stop();
            }
        } catch (Exception e) {
            return CommandLine.explain(e);
        }
    }

    private static Properties overrides(Path data) throws IOException {
        Properties overrides = new Properties();
        overrides.setProperty("http.port", String.valueOf(freePort()));
        overrides.setProperty("http.host", "127.0.0.1");
        overrides.setProperty("management.enabled", "false");
        overrides.setProperty("tracing.url", "");
        overrides.setProperty("sms.apiKey", "");
        // One message takes no room worth the mention.
        overrides.setProperty("data.minFreeDisk", "0");
        overrides.setProperty("data.directory", data.toString());
        // Its own: in one that bridges share, it would take their sends.
        overrides.setProperty("ledger.url", "");
        overrides.setProperty("sandbox.firstSms", "false");
        return overrides;
    }

    /** Whoever starts at the same time begins to look at another port, as processes have ids of their own. */
    private static int freePort() throws IOException {
        long first = ProcessHandle.current().pid();
        for (long next = first; next < first + PORTS; next++) {
            try (ServerSocket free = new ServerSocket(FIRST_PORT + (int) (next % PORTS), 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException e) {
                // Taken; the next one.
            }
        }
        throw new BindException("no port from " + FIRST_PORT + " to " + (FIRST_PORT + PORTS - 1) + " is free");
    }

    private static int send(Core core, CamelContext context, Map<String, String> options) throws Exception {
        String account = options.getOrDefault("account", context.resolvePropertyPlaceholders("{{sms.default-account}}"));
        ObjectNode request = JSON.createObjectNode().put("text", "Test message");
        options.forEach((field, value) -> request.put(field, value));
        request.remove("account");

        JsonNode answer = core.sends.send(account, request);
        if (answer.path("accepted").asInt() != 1) {
            String reason = answer.path("rejected").path(0).path("reason").asText(answer.path("error").asText());
            System.out.println("Not sent, refused by the bridge: " + reason);
            return EXIT_NOT_SENT;
        }

        long patience = 90;
        JsonNode event = core.outcomes.poll(patience, TimeUnit.SECONDS);
        if (event == null) {
            System.out.println("Not known whether it was sent: no outcome within " + patience + " s");
            return EXIT_NOT_SENT;
        }
        // It may be delivered before its acceptance is recorded.
        boolean sent = !event.get("type").asText().equals("failed");
        JsonNode status = event.get("status");
        System.out.println((sent ? "Infobip accepted it" : "Not sent") + " (account " + account + ")");
        line("to", event.get("to"));
        line("from", event.get("from"));
        line("message id", event.get("messageId"));
        line("status", status.get("name"));
        line("group", status.get("groupName"));
        line("description", status.get("description"));
        return sent ? 0 : EXIT_NOT_SENT;
    }

    private static void line(String name, JsonNode value) {
        if (value != null && !value.isNull()) {
            System.out.printf("  %-12s %s%n", name, value.asText());
        }
    }

    /** The temporary directory may be read-only. */
    private static Path workDirectory(Path home) throws IOException {
        try {
            return Files.createTempDirectory("send-test");
        } catch (IOException e) {
            return Files.createTempDirectory(home, "send-test");
        }
    }

    /** After an interrupt the ledger may still be written to. */
    private static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException e) {
            System.err.println(directory + " can't be deleted: " + e.getMessage());
        }
    }
}

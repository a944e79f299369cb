package io.smsbridge;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smsbridge.maps.RouteFiles;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code send-test}: one message through the routes of one account, then what Infobip said of it. It runs beside a running bridge:
 * with a port and a ledger of its own, and with no downstream, so that nobody is told of it.
 */
@Command(name = "send-test", description = "Sends one SMS through an account and prints what Infobip said. No downstream is told.",
        footer = "%nExit code: 0 Infobip accepted it, 1 it did not go, 2 wrong arguments or settings.")
final class SendTestCommand implements Callable<Integer> {

    private static final int EXIT_NOT_SENT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;

    @Mixin
    private CommandLine.Help help;
    @Option(names = "--to", paramLabel = "NUMBER", required = true, description = "The recipient in international form, such as +447700900123.")
    private String to;
    @Option(names = "--account", paramLabel = "NICKNAME", description = "The account's nickname. Default: sms.default-account, or the only one there is.")
    private String account;
    @Option(names = "--text", paramLabel = "TEXT", defaultValue = "Test message", description = "Default: ${DEFAULT-VALUE}")
    private String text;
    @Option(names = "--sender", paramLabel = "SENDER", description = "Default: the account's.")
    private String sender;
    @Option(names = "--template-id", paramLabel = "ID", description = "India: the DLT content template id.")
    private String templateId;

    SendTestCommand(Path home) {
        this.home = home;
    }

    @Override
    public Integer call() throws Exception {
        try {
            Startup startup = new Startup(home, RouteFiles.of(home), account == null ? "" : account);
            Main main = BridgeMain.create(home, TemporaryBridge.overrides(home), startup);
            try {
                main.start();
                return send(startup.core(), main.getCamelContext());
            } finally {
                main.stop();
            }
        } catch (Exception e) {
            return CommandLine.explain(e);
        }
    }

    private int send(Core core, CamelContext context) throws Exception {
        String through = account != null ? account : context.resolvePropertyPlaceholders("{{sms.default-account}}");
        ObjectNode request = JSON.createObjectNode().put("to", to).put("text", text);
        if (sender != null) {
            request.put("sender", sender);
        }
        if (templateId != null) {
            request.put("templateId", templateId);
        }

        JsonNode answer = core.sends.send(through, request);
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
        System.out.println((sent ? "Infobip accepted it" : "Not sent") + " (account " + through + ")");
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
}

package io.smsbridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.micrometer.core.instrument.MeterRegistry;
import io.smsbridge.forward.DeadLetters;
import io.smsbridge.forward.DownstreamCircuits;
import io.smsbridge.forward.ForwardModule;
import io.smsbridge.forward.Subscriptions;
import io.smsbridge.http.ClientAddress;
import io.smsbridge.http.DoorRefusals;
import io.smsbridge.http.ErrorAnswers;
import io.smsbridge.http.HttpCallEngine;
import io.smsbridge.http.IntakeLimit;
import io.smsbridge.ledger.Consents;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.ledger.NativeLibrary;
import io.smsbridge.ledger.OutboxCounts;
import io.smsbridge.ledger.Retention;
import io.smsbridge.maps.FailureCodes;
import io.smsbridge.maps.MapComponent;
import io.smsbridge.maps.Maps;
import io.smsbridge.observe.Metrics;
import io.smsbridge.people.PeopleModule;
import io.smsbridge.receive.KeywordReplies;
import io.smsbridge.receive.ReceiveModule;
import io.smsbridge.sandbox.SandboxPortal;
import io.smsbridge.security.SecurityModule;
import io.smsbridge.security.WebhookDoors;
import io.smsbridge.send.SendAccounts;
import io.smsbridge.send.SendModule;
import io.smsbridge.settings.AccountSettings;
import io.smsbridge.settings.Block;
import io.smsbridge.settings.BlockKind;
import io.smsbridge.settings.DownstreamSettings;
import io.smsbridge.settings.InvalidSettings;
import io.smsbridge.settings.Settings;
import io.smsbridge.settings.SettingsCheck;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.TimeUtils;
import org.flywaydb.core.api.FlywayException;

/** The way of a message, put together from its stages. */
final class Core {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** The downstream that a test has besides: what it would be told. */
    private static final String TEST = "send-test";

    final LedgerDatabase ledger;
    final SendAccounts accounts;
    final SendModule sends;
    final DownstreamCircuits circuits;
    final DeadLetters deadLetters;
    final OutboxCounts counts;
    final IntakeLimit limit;
    final WebhookDoors webhookDoors;
    final SecurityModule security;
    /** Of a test: what became of its message. */
    final BlockingQueue<ObjectNode> outcomes = new LinkedBlockingQueue<>();

    /** @param test whether it is send-test that runs: no downstream is told */
    Core(CamelContext context, Settings settings, Maps maps, Metrics metrics, DoorRefusals refusals, ClientAddress clients, Path data, Path home, boolean test) {
        Registry registry = context.getRegistry();
        boolean enforce = settings.get("optOut.enforce").equals("true");
        ledger = open(context, settings, data, home);
        if (settings.get("ledger.text").equals("none")) {
            ledger.outbox().keepNoTexts();
        }
        Consents consents = consents(ledger);
        List<AccountSettings> accountSettings = settings.blocks(BlockKind.ACCOUNT).stream().map(block -> AccountSettings.of(block.name(), block::get)).toList();
        Collection<DownstreamSettings> downstreams = test ? List.of(observer())
                : settings.blocks(BlockKind.DOWNSTREAM).stream().map(block -> DownstreamSettings.of(block.name(), block::get)).toList();
        Consumer<Collection<ObjectNode>> told = test ? outcomes::addAll : metrics::told;
        Subscriptions subscriptions = new Subscriptions(ledger.outbox(), downstreams, maps.readingRaw(), told);
        FailureCodes codes = new FailureCodes(maps);
        accounts = new SendAccounts(accountSettings, ledger.outbox());
        circuits = new DownstreamCircuits(downstreams, ledger.writer(), ledger.outbox());
        limit = new IntakeLimit(ledger.isFile() ? data : null, ledger::size, SettingsCheck.bytes(settings.get("data.maxSize")),
                SettingsCheck.bytes(settings.get("data.minFreeDisk")));
        counts = new OutboxCounts(ledger);
        sends = new SendModule(registry, ledger, consents, accounts, subscriptions, codes, metrics, new SendModule.Options(settings.get("sms.default-account"),
                spellings(context, settings), Integer.parseInt(settings.get("sms.maxRecipients")), enforce));
        Map<String, Block> blocks = settings.blocks(BlockKind.ACCOUNT).stream().collect(Collectors.toMap(Block::name, block -> block));
        KeywordReplies keywords = new KeywordReplies(consents, accounts.names(), (account, setting) -> blocks.get(account).get(setting),
                settings.get("sms.default-account"), sends::answer);
        webhookDoors = WebhookDoors.open(settings, ledger, refusals, test);
        registry.bind("webhookDoors", webhookDoors);
        registry.bind("sandboxPortal", new SandboxPortal(settings, webhookDoors));
        ReceiveModule.bind(registry, ledger, subscriptions, codes, keywords, metrics, webhookDoors,
                TimeUtils.toMilliSeconds(settings.get("ledger.replyWindow")), limit::isFull);
        ProducerTemplate producer = context.createProducerTemplate();
        deadLetters = new DeadLetters(ledger, accounts.names(), downstreams.stream().map(DownstreamSettings::name).collect(Collectors.toSet()),
                (kind, account, body) -> ReceiveModule.record(producer, kind, account, body));
        ForwardModule.bind(registry, ledger, circuits, maps, metrics, deadLetters);
        registry.bind("outboxCounts", counts);
        registry.bind("intakeLimit", limit);
        security = SecurityModule.bind(registry, ledger, settings, refusals,
                registry.lookupByNameAndType(MicrometerConstants.METRICS_REGISTRY_NAME, MeterRegistry.class));
        registry.bind("errorAnswers", new ErrorAnswers(metrics::requestRefused));
        registry.bind("retention", new Retention(ledger, TimeUtils.toMilliSeconds(settings.get("ledger.retention")),
                TimeUtils.toMilliSeconds(settings.get("ledger.deadLetterRetention"))));
        PeopleModule.bind(registry, ledger, consents, accounts.names());
        registry.bind("httpCalls", PlatformHttpEngine.class, new HttpCallEngine(() -> Integer.parseInt(settings.get("http.port")), clients));
        context.addComponent("outbox", ledger.component());
        context.addComponent("downstream", ForwardModule.component(test ? List.of() : settings.blocks(BlockKind.DOWNSTREAM)));
        context.addComponent("map", new MapComponent(maps));
    }

    private static DownstreamSettings observer() {
        Map<String, String> values = Map.of("format", "raw", "events", "sent,failed", "itemsPerPost", "1", "parallelPosts", "1", "retryMultiplier", "2",
                "retryJitter", "0", "retryMaxAge", "0s", "downAfter", "0");
        return DownstreamSettings.of(TEST, setting -> values.getOrDefault(setting, ""));
    }

    private static LedgerDatabase open(CamelContext context, Settings settings, Path data, Path home) {
        String url = settings.get("ledger.url");
        if (url.isEmpty()) {
            url = "jdbc:sqlite:" + data.resolve("ledger.db");
        }
        if (url.startsWith("jdbc:sqlite:")) {
            NativeLibrary.load(data, home);
        }
        try {
            Files.createDirectories(data);
            return LedgerDatabase.open(url, settings.get("ledger.username"), settings.get("ledger.password"),
                    Long.parseLong(settings.get("ledger.connectTimeout")), name -> text(context, settings.get("routes") + "/sql/" + name + ".sql"));
        } catch (FlywayException | PoolInitializationException e) {
            throw new InvalidSettings(List.of("ledger.url: " + (settings.get("ledger.url").isEmpty() ? data.toString() : "the database")
                    + " can't be used: " + reason(e)));
        } catch (IOException e) {
            throw new UncheckedIOException("data.directory can't be created", e);
        }
    }

    private static Consents consents(LedgerDatabase ledger) {
        try {
            return Consents.open(ledger);
        } catch (SQLException e) {
            throw new InvalidSettings(List.of("ledger.url: the key of erased opt-outs can't be kept: " + e.getMessage()));
        }
    }

    /** What the driver says, and what is behind that: for a host it does not find, the former names nothing. */
    private static String reason(Exception error) {
        Throwable said = error;
        Throwable last = error;
        while (last.getCause() != null) {
            last = last.getCause();
            said = last instanceof SQLException ? last : said;
        }
        return said.getMessage().lines().findFirst().orElse("") + (said == last ? "" : " (" + last + ")");
    }

    private static JsonNode spellings(CamelContext context, Settings settings) {
        try {
            return JSON.readTree(text(context, settings.get("routes") + "/maps/send-fields.json"));
        } catch (IOException e) {
            throw new InvalidSettings(List.of("routes/maps/send-fields.json: is not JSON: " + e.getMessage().lines().findFirst().orElse("")));
        }
    }

    private static String text(CamelContext context, String resource) {
        try (InputStream in = ResourceHelper.resolveMandatoryResourceAsInputStream(context, resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " can't be read", e);
        }
    }
}

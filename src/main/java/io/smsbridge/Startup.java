package io.smsbridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.schibsted.spt.data.jslt.Function;
import io.micrometer.core.instrument.MeterRegistry;
import io.smsbridge.console.Console;
import io.smsbridge.console.ConsoleLogin;
import io.smsbridge.console.ConsoleUsers;
import io.smsbridge.console.ManagedBeans;
import io.smsbridge.console.ManagementPort;
import io.smsbridge.console.OperatorCalls;
import io.smsbridge.forward.ForwardModule;
import io.smsbridge.http.ClientAddress;
import io.smsbridge.http.DoorRefusals;
import io.smsbridge.http.ReadinessGate;
import io.smsbridge.http.SandboxGate;
import io.smsbridge.http.SmsHttpServer;
import io.smsbridge.maps.MapCheck;
import io.smsbridge.maps.MapFunctions;
import io.smsbridge.maps.RouteFiles;
import io.smsbridge.observe.AnnotatedMBean;
import io.smsbridge.observe.Health;
import io.smsbridge.observe.LogLevels;
import io.smsbridge.observe.Metrics;
import io.smsbridge.observe.RouteGroups;
import io.smsbridge.observe.Tracing;
import io.smsbridge.outgoing.Outgoing;
import io.smsbridge.sandbox.SandboxMemory;
import io.smsbridge.settings.BlockKind;
import io.smsbridge.settings.InvalidSettings;
import io.smsbridge.settings.OpenDoors;
import io.smsbridge.settings.Settings;
import io.smsbridge.settings.SettingsCheck;
import io.smsbridge.settings.WebUrl;
import io.smsbridge.text.CopiedText;
import io.smsbridge.text.Networks;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.model.Model;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.RouteTemplateParameterSource;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.util.TimeUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** What has to happen around Camel's own start: settings are checked, then the ledger is opened, then the routes start. */
final class Startup extends MainListenerSupport {

    /** What maps may call besides JSLT's own. */
    static final List<Function> MAP_FUNCTIONS = Stream.concat(MapFunctions.ALL.stream(), SandboxMemory.FUNCTIONS.stream()).toList();

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.start");

    /** Milliseconds that calls in hand have to end by themselves when the bridge stops. */
    private static final long GRACE = 3_000;

    private final Path home;
    private final RouteFiles routes;
    private final String testAccount;
    private Outgoing outgoing;
    private Core core;

    Startup(Path home, RouteFiles routes, String testAccount) {
        this.home = home;
        this.routes = routes;
        this.testAccount = testAccount;
    }

    /** Before Camel configures itself and loads the routes: what both take from the settings. */
    @Override
    public void beforeConfigure(BaseMainSupport main) {
        main.getCamelContext().getCamelContextExtension().getContextPlugin(Model.class).addModelLifecycleStrategy(new RouteGroups());
        PropertiesComponent properties = main.getCamelContext().getPropertiesComponent();
        List<String> problems = singleKeyProblems(properties);
        if (!problems.isEmpty()) {
            throw new InvalidSettings(problems);
        }
        derive(properties);
        outgoing = new Outgoing(properties.resolveProperty("outgoing.allowedAddresses").orElse(""), home);
        outgoing.install(main.getCamelContext());
    }

    /** Settings that follow from others. */
    static void derive(PropertiesComponent properties) {
        properties.addOverrideProperty("sandbox.url", Settings.localUrl(properties));
        properties.addOverrideProperty("sandbox.on", String.valueOf(Settings.sandboxOn(properties)));
        properties.addOverrideProperty("sandbox.account", Settings.sandboxAccount(properties));
        properties.addOverrideProperty("sms.default-account", Settings.defaultAccount(properties));
        properties.addOverrideProperty("sandbox.key", Settings.credential("sandbox.apiKey", CopiedText.trimmed(properties.resolveProperty("sandbox.apiKey").orElse(""))));
    }

    private static List<String> singleKeyProblems(PropertiesComponent properties) {
        try {
            return SettingsCheck.singleKeyProblems(properties);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RouteFiles routes() {
        return routes;
    }

    /** The way of a message; null before it is configured. */
    Core core() {
        return core;
    }

    /** After the route templates are loaded, which say what settings there are, and before any route is made from them. */
    @Override
    public void afterConfigure(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        Settings settings = Settings.read(context);
        MapCheck maps = MapCheck.of(context, routes, MAP_FUNCTIONS);
        List<String> problems = new ArrayList<>(SettingsCheck.problems(settings, home, maps.names()));
        problems.addAll(maps.problems());
        problems.addAll(ForwardModule.problems(context, settings.blocks(BlockKind.DOWNSTREAM)));
        if (testAccount != null) {
            // No downstream is told of a test, and the sandbox's may stand there still.
            problems.removeIf(problem -> problem.startsWith("downstream."));
        }
        TlsSetup tls = new TlsSetup(settings, home, problems);
        if (!problems.isEmpty()) {
            throw new InvalidSettings(problems);
        }
        SettingsCheck.warnings(settings).forEach(LOG::warn);
        if (!routes.teamsOwn().isEmpty()) {
            LOG.info("routes/ has files {}", routes.teamsOwn());
        }
        if (testAccount != null) {
            settings.prepareTest(testAccount.isEmpty() ? settings.get("sms.default-account") : testAccount);
        }

        context.getRegistry().bind("settings", RouteTemplateParameterSource.class, settings);
        List<String> unusable = outgoing.bind(context, settings);
        if (!unusable.isEmpty()) {
            throw new InvalidSettings(unusable);
        }

        beforeStop(context, () -> HangingCalls.endAfter(context, GRACE));

        MeterRegistry meters = context.getRegistry().lookupByNameAndType(MicrometerConstants.METRICS_REGISTRY_NAME, MeterRegistry.class);
        Health health = new Health();
        context.getRegistry().bind("health", health);
        Metrics metrics = new Metrics(meters, settings, health);
        Path data = home.resolve(settings.get("data.directory"));
        ClientAddress clients = new ClientAddress(Networks.of(settings.get("http.trustedProxies")));
        checkPort(settings, "http");
        DoorRefusals refusals = new DoorRefusals(meters);
        SmsHttpServer server = context.hasService(SmsHttpServer.class);
        if (server != null) {
            new ReadinessGate(context).guard(server.configuration());
            if (!settings.get("sandbox.clients").equals("any")) {
                new SandboxGate(refusals, clients).guard(server.configuration());
            }
            server.limit(TimeUtils.toMilliSeconds(settings.get("http.requestTimeout")), TimeUtils.toMilliSeconds(settings.get("http.idleTimeout")),
                    Integer.parseInt(settings.get("http.maxConnections")), Integer.parseInt(settings.get("http.maxConnectionsPerSource")), metrics::connectionRefused);
            takeForms(server.configuration(), data);
            tls.secure(context, server, settings.sandboxOn());
        }
        ManagementHttpServer management = context.hasService(ManagementHttpServer.class);
        if (management != null) {
            checkPort(settings, "management");
            takeForms(management.getConfiguration(), data);
            tls.secure(context, management);
        }
        // Hashes a first password while the ledger is opened.
        ConsoleUsers users = management == null ? null : ConsoleUsers.open(settings.get("console.username"), settings.get("console.password"), data,
                (settings.get("management.tlsCertificate").isEmpty() ? "http://" : "https://") + settings.get("management.host") + ":" + settings.get("management.port") + "/");
        context.getRegistry().bind("managementPort", PlatformHttpEngine.class, new ManagementPort(management == null ? 0 : management.getPort()));
        if (!settings.get("tracing.url").isEmpty()) {
            afterStop(context, Tracing.start(context, WebUrl.of(settings.get("tracing.url"))));
        }
        LogLevels logging = new LogLevels();
        context.getCamelContextExtension().addLogListener(logging);
        AnnotatedMBean.register(context, "type=logging", logging);
        core = new Core(context, settings, maps.maps(), metrics, refusals, clients, data, home, testAccount != null);
        settings.blocks(BlockKind.ACCOUNT).forEach(account ->
                context.getRegistry().bind("webhooks-of-" + account.name(), core.webhookDoors.urls(account)));
        core.ledger.start();
        core.security.start();
        afterStop(context, core.security::close);
        afterStop(context, core.ledger::close);
        metrics.watch(core.counts, core.accounts, core.circuits, core.limit, data);
        health.register(context, settings, core.ledger, core.accounts, core.circuits);
        ManagedBeans beans = ManagedBeans.register(context, settings, core.ledger, core.accounts, core.sends, core.circuits, core.counts, core.deadLetters, health);
        if (management != null) {
            guard(context, management, settings, users, clients, refusals,
                    new OperatorCalls(context, beans, core.ledger, maps.maps(), core.counts, core.limit::isFull, settings.sandboxOn()));
        }
        if (settings.sandboxOn()) {
            LOG.warn("SANDBOX: Infobip is played by this process. Nothing leaves this machine, and nobody gets an SMS.");
        }
    }

    private static void beforeStop(CamelContext context, Runnable prepare) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopping(CamelContext stopping) {
                prepare.run();
            }
        });
    }

    private static void afterStop(CamelContext context, Runnable close) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopped(CamelContext stopped) {
                close.run();
            }
        });
    }

    /** What the server has been told so far, it serves from its start on; only afterwards are there routes on it. */
    private static void guard(CamelContext context, ManagementHttpServer server, Settings settings, ConsoleUsers users, ClientAddress clients,
            DoorRefusals refusals, OperatorCalls calls) {
        users.announce();
        ConsoleLogin door = new ConsoleLogin(users, clients, TimeUtils.toMilliSeconds(settings.get("console.sessionTimeout")),
                OpenDoors.secret(settings, "management.token"), refusals);
        door.guard(server.getConfiguration());
        Console console = new Console(door, calls);
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStarted(CamelContext started) {
                console.mount(server.getRouter());
            }
        });
        server.setMaxBodySize(Long.parseLong(settings.get("http.maxBodySize")));
    }

    /** For each form Vert.x makes a directory, even where it uploads no file. The temporary one may be read-only. */
    private static void takeForms(VertxPlatformHttpServerConfiguration server, Path data) {
        server.getBodyHandler().setUploadsDirectory(data.resolve("uploads").toString());
    }

    /** Vert.x only logs that it can't listen, and the bridge would run on without a door. */
    private static void checkPort(Settings settings, String server) {
        String host = settings.get(server + ".host");
        int port = Integer.parseInt(settings.get(server + ".port"));
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new InvalidSettings(List.of(server + ".port: can't listen on " + host + ":" + port + " (" + e.getMessage()
                    + "); stop what listens there, or choose another port"));
        }
    }

    /** The problems a user can mend behind an error of the start, one line each; empty when the error is none of those. */
    static List<String> problems(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidSettings invalid) {
                return invalid.problems();
            }
            if (cause instanceof FailedToCreateRouteException failed) {
                Throwable why = failed.getCause() == null ? failed : failed.getCause();
                return List.of("route " + failed.getRouteId() + ": " + why.getMessage().lines().findFirst().orElse(""));
            }
            // A route file with a mistake: Camel's own words name the file and the line.
            if (cause instanceof MarkedYamlEngineException) {
                return List.of(cause.getMessage().replaceAll("\\s*\\n\\s*", " ").strip());
            }
        }
        return List.of();
    }
}

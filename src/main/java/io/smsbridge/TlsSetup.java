package io.smsbridge;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import io.smsbridge.http.SmsHttpServer;
import io.smsbridge.settings.InvalidSettings;
import io.smsbridge.settings.Settings;
import io.smsbridge.tls.OwnCertificate;
import io.smsbridge.tls.ServerTls;
import io.vertx.core.http.HttpServer;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.support.LifecycleStrategySupport;

/** TLS of both servers: given to them before they start, and what is renewed from then on. */
final class TlsSetup {

    private final ServerTls http;
    private final ServerTls management;

    /** @param problems is added a line for what is wrong with the settings or the files they name */
    TlsSetup(Settings settings, Path home, List<String> problems) {
        http = open(settings, "http", home, problems);
        management = open(settings, "management", home, problems);
    }

    private static ServerTls open(Settings settings, String server, Path home, List<String> problems) {
        try {
            return ServerTls.open(settings, server, home);
        } catch (InvalidSettings e) {
            problems.addAll(e.problems());
            return null;
        }
    }

    /** @param sandbox whether this process calls itself */
    void secure(CamelContext context, SmsHttpServer server, boolean sandbox) {
        if (http != null) {
            server.secure(http::applyTo);
            watch(context, http, server::getServer);
            if (sandbox) {
                OwnCertificate.trustBy(context, http);
            }
        }
    }

    void secure(CamelContext context, ManagementHttpServer server) {
        if (management != null) {
            server.getConfiguration().setSslContextParameters(management.parameters());
            watch(context, management, () -> server.getRouter().getServer().getServer());
        }
    }

    private static void watch(CamelContext context, ServerTls tls, Supplier<HttpServer> server) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStarted(CamelContext started) {
                tls.renew(server);
            }

            @Override
            public void onContextStopped(CamelContext stopped) {
                tls.close();
            }
        });
    }
}

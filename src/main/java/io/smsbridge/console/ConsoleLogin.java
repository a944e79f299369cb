package io.smsbridge.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import io.smsbridge.http.ClientAddress;
import io.smsbridge.http.DoorRefusals;
import io.smsbridge.http.SlowDown;
import io.smsbridge.text.PhoneMask;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.Session;
import io.vertx.ext.web.handler.AuthenticationHandler;
import io.vertx.ext.web.handler.SessionHandler;
import io.vertx.ext.web.sstore.LocalSessionStore;
import io.vertx.ext.web.sstore.SessionStore;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may come in on the management port: everything there but health and metrics asks for a console user, by the session of a
 * login, or by HTTP Basic. It is part of the server's own configuration, so that it stands before the port is open.
 */
public final class ConsoleLogin implements AuthenticationHandler {

    private static final Logger AUDIT = LoggerFactory.getLogger("io.smsbridge.console");
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final String DOOR = "management";
    /** What the management port serves, and below each, to anyone, or to whoever shows management.token. */
    private static final List<String> OBSERVED = List.of("/observe/health", "/observe/metrics");
    private static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Cache-Control", "no-store");

    private static final String COOKIE = "sms-bridge-console";
    private static final long LONGEST_SESSION = 12 * 60 * 60_000L;
    private static final String USER = "user";
    private static final String SINCE = "since";

    private final ConsoleUsers users;
    private final ClientAddress clients;
    private final long sessionTimeout;
    private final String observeToken;
    private final DoorRefusals refusals;
    private final SlowDown throttle = new SlowDown();
    private WorkerExecutor worker;
    private SessionHandler sessions;
    private SessionHandler sessionsOverTls;

    /**
     * @param sessionTimeout milliseconds without a request after which a session ends
     * @param observeToken   who may read health and metrics, besides console users; empty: anyone
     */
    public ConsoleLogin(ConsoleUsers users, ClientAddress clients, long sessionTimeout, String observeToken, DoorRefusals refusals) {
        this.users = users;
        this.clients = clients;
        this.sessionTimeout = sessionTimeout;
        this.observeToken = observeToken;
        this.refusals = refusals;
        refusals.expect(DOOR, "missing", "wrong", "slowed");
    }

    /** Puts the door before all that a server serves; the server must not have been started yet. */
    public void guard(VertxPlatformHttpServerConfiguration server) {
        add(server, (AuthenticationHandler) this::session, vertx -> {
            // One at a time: guesses can take no more of the machine than one thread.
            worker = vertx.createSharedWorkerExecutor("console-logins", 1);
            LocalSessionStore store = LocalSessionStore.create(vertx);
            sessions = sessions(store, false);
            sessionsOverTls = sessions(store, true);
        });
        add(server, this, vertx -> { });
        server.getAuthenticationConfig().setEnabled(true);
    }

    private static void add(VertxPlatformHttpServerConfiguration server, AuthenticationHandler handler, Consumer<Vertx> prepare) {
        AuthenticationConfig.AuthenticationConfigEntry entry = new AuthenticationConfig.AuthenticationConfigEntry();
        entry.setPath("/*");
        entry.setAuthenticationProviderFactory(vertx -> {
            prepare.accept(vertx);
            return null;
        });
        entry.setAuthenticationHandlerFactory(new AuthenticationConfig.AuthenticationHandlerFactory() {
            @Override
            public <T extends AuthenticationProvider> AuthenticationHandler createAuthenticationHandler(T provider) {
                return handler;
            }
        });
        server.getAuthenticationConfig().getEntries().add(entry);
    }

    private SessionHandler sessions(SessionStore store, boolean tls) {
        return SessionHandler.create(store).setLazySession(true).setSessionTimeout(sessionTimeout).setSessionCookieName(COOKIE).setSessionCookiePath("/")
                .setCookieHttpOnlyFlag(true).setCookieSameSite(CookieSameSite.STRICT).setCookieSecureFlag(tls);
    }

    private void session(RoutingContext call) {
        (clients.overTls(call) ? sessionsOverTls : sessions).handle(call);
    }

    @Override
    public void handle(RoutingContext call) {
        HEADERS.forEach(call.response()::putHeader);
        // The files of the first page and of Hawtio are public, and Console sees to the rest of both.
        if (call.normalizedPath().equals("/") || isBelow(call.normalizedPath(), "/page") || isBelow(call.normalizedPath(), "/hawtio") || mayObserve(call)) {
            call.next();
        } else if (fromAnotherSite(call)) {
            refuse(call, 403, "asked for by a page of another site");
        } else if (user(call) != null) {
            admit(call, user(call));
        } else {
            basic(call);
        }
    }

    /**
     * Lets a user in, and logs who changed what. Jolokia's calls are left out: Hawtio reads by POST, too. Routes know who calls, as Camel gives
     * them the user as a header; Vert.x 4 has no other way to set it.
     */
    @SuppressWarnings("deprecation")
    private static void admit(RoutingContext call, String user) {
        if (!READING.contains(call.request().method()) && !isBelow(call.normalizedPath(), "/observe/jolokia")) {
            String asked = PhoneMask.masked(call.request().method() + " " + call.request().uri());
            call.addEndHandler(ended -> AUDIT.info("user {}: {}, answered {}", user, asked, call.response().getStatusCode()));
        }
        call.setUser(User.fromName(user));
        call.next();
    }

    private boolean mayObserve(RoutingContext call) {
        return OBSERVED.stream().anyMatch(path -> isBelow(call.normalizedPath(), path)) && (observeToken.isEmpty() || MessageDigest.isEqual(
                ("Bearer " + observeToken).getBytes(StandardCharsets.UTF_8),
                String.valueOf(call.request().getHeader("Authorization")).getBytes(StandardCharsets.UTF_8)));
    }

    private static boolean isBelow(String path, String parent) {
        return path.equals(parent) || path.startsWith(parent + "/");
    }

    /** Another port of the same host is the same site to a cookie, so its SameSite alone is not enough. */
    static boolean fromAnotherSite(RoutingContext call) {
        String site = call.request().getHeader("Sec-Fetch-Site");
        return site != null && !Set.of("same-origin", "none").contains(site);
    }

    private void basic(RoutingContext call) {
        String[] credentials = credentials(call.request().getHeader("Authorization"));
        if (credentials == null) {
            // Without WWW-Authenticate: a browser would ask by itself, and send along what it was told from any page.
            refusals.count(DOOR, call.request().getHeader("Authorization") == null ? "missing" : "wrong");
            refuse(call, 401, "log in, or give a console user by HTTP Basic" + (observeToken.isEmpty() ? "" : "; health and metrics take management.token as Bearer, too"));
            return;
        }
        call.request().pause();
        check(call, credentials[0], credentials[1]).onComplete(checked -> {
            call.request().resume();
            if (checked.succeeded() && checked.result()) {
                admit(call, credentials[0]);
            } else if (!call.response().ended()) {
                refuse(call, 401, "wrong user or password");
            }
        });
    }

    private static String[] credentials(String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        try {
            String[] pair = new String(Base64.getDecoder().decode(authorization.substring(6).strip()), StandardCharsets.UTF_8).split(":", 2);
            return pair.length == 2 ? pair : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether there is such a user; answers 429 by itself to a caller who has failed too often. */
    Future<Boolean> check(RoutingContext call, String name, String password) {
        String caller = clients.of(call);
        long wait = throttle.secondsToWait(caller);
        if (wait > 0) {
            refusals.count(DOOR, "slowed");
            call.response().putHeader("Retry-After", String.valueOf(wait));
            refuse(call, 429, "too many wrong passwords; wait " + wait + " s");
            return Future.succeededFuture(false);
        }
        Callable<Boolean> check = () -> {
            boolean known = users.know(name, password);
            if (known) {
                throttle.passed(caller);
            } else {
                refusals.wrong(DOOR, "wrong", caller, throttle.failed(caller));
            }
            return known;
        };
        return worker.executeBlocking(check);
    }

    static void refuse(RoutingContext call, int status, String error) {
        call.response().setStatusCode(status).putHeader("Content-Type", "application/json")
                .end(new JsonObject().put("status", "error").put("error", error).encode());
    }

    long sessionTimeout() {
        return sessionTimeout;
    }

    /** The user of a call's session; null when it has none. */
    public String user(RoutingContext call) {
        if (call.request().getCookie(COOKIE) == null) {
            // A look at the session would begin one.
            return null;
        }
        Session session = call.session();
        Long since = session.get(SINCE);
        if (since != null && System.currentTimeMillis() - since > LONGEST_SESSION) {
            session.destroy();
            return null;
        }
        return session.get(USER);
    }

    /** Begins a session under a new id. */
    void begin(RoutingContext call, String user) {
        call.session().regenerateId().put(USER, user).put(SINCE, System.currentTimeMillis());
    }

    /** Ends a call's session. */
    void end(RoutingContext call) {
        if (call.request().getCookie(COOKIE) != null) {
            call.session().destroy();
        }
    }
}

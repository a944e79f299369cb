package io.smsbridge.console;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.impl.MimeMapping;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;

/**
 * The first page of the management port, and Hawtio: their files, and what Hawtio asks of a server. The files are for anyone, as the login
 * form has to be. What they show is behind {@link ConsoleLogin}: {@link OperatorCalls}, and JMX by Jolokia, which Camel serves.
 */
public final class Console {

    /** The directory that Hawtio's own files are built for. */
    private static final String ROOT = "/hawtio/";
    /** The directory of the first page's own files. */
    private static final String PAGE = "/page/";
    private static final String JOLOKIA = "/observe/jolokia";
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*");

    /**
     * Nothing from another machine. Hawtio writes styles into its page, and starts the editor's workers from blobs.
     */
    private static final String CONTENT_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
            + " font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /** Nothing from another machine, and nothing that is written into the page. */
    private static final String PAGE_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /** What Hawtio asks for beside its files, and is not here: plugins, other ways to log in, other processes to look at. */
    private static final Map<String, String> NOT_HERE = Map.of("auth/config/oidc", "{}", "keycloak/enabled", "false", "proxy/enabled", "false",
            "plugin", "[]", "preset-connections", "[]");

    private final ConsoleLogin door;
    private final OperatorCalls calls;

    public Console(ConsoleLogin door, OperatorCalls calls) {
        this.door = door;
        this.calls = calls;
    }

    public void mount(Router router) {
        router.get("/").blockingHandler(call -> page(call, door.user(call) == null ? "login.html" : "overview.html"), false);
        router.get(PAGE + "*").blockingHandler(call -> page(call, call.normalizedPath().substring(PAGE.length())), false);
        calls.mount(router);
        // By regular expression: as a plain path it would be /hawtio/, too.
        router.getWithRegex("/hawtio").handler(call -> redirect(call, ROOT));
        NOT_HERE.forEach((path, answer) -> router.get(ROOT + path).handler(call -> json(call, answer)));
        router.get(ROOT + "auth/config/login").handler(call -> json(call, Json.encode(List.of(Map.of(
                "method", "form", "name", "User of the bridge's console", "type", "json", "url", ROOT + "auth/login",
                "logoutUrl", ROOT + "auth/logout", "userField", "username", "passwordField", "password")))));
        router.get(ROOT + "auth/config/session-timeout").handler(call -> {
            long now = System.currentTimeMillis();
            json(call, new JsonObject().put("req", now).put("now", now).put("timeout", door.sessionTimeout() / 1000).encode());
        });
        router.post(ROOT + "auth/login").handler(BodyHandler.create(false).setBodyLimit(4096)).handler(this::login);
        router.get(ROOT + "auth/logout").handler(call -> {
            door.end(call);
            redirect(call, "/");
        });
        // Asked for by a page that goes on being used; looking at the session is what keeps it.
        router.get(ROOT + "refresh").handler(call -> {
            door.user(call);
            json(call, "{}");
        });
        router.get(ROOT + "user").handler(call -> {
            String user = door.user(call);
            if (user == null) {
                ConsoleLogin.refuse(call, 403, "log in");
            } else {
                json(call, Json.encode(user));
            }
        });
        // The door looks at the call again under its new path.
        router.routeWithRegex(ROOT + "jolokia(?:/.*)?").handler(call ->
                call.reroute(JOLOKIA + call.normalizedPath().substring((ROOT + "jolokia").length())));
        router.get(ROOT + "*").blockingHandler(Console::file, false);
    }

    private void login(RoutingContext call) {
        if (ConsoleLogin.fromAnotherSite(call)) {
            ConsoleLogin.refuse(call, 403, "asked for by a page of another site");
            return;
        }
        String name;
        String password;
        try {
            JsonObject given = call.body().asJsonObject();
            name = given.getString("username");
            password = given.getString("password");
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            ConsoleLogin.refuse(call, 400, "the body has to be {\"username\", \"password\"}");
            return;
        }
        if (name == null || password == null) {
            ConsoleLogin.refuse(call, 400, "the body has to be {\"username\", \"password\"}");
            return;
        }
        door.check(call, name, password).onComplete(checked -> {
            if (checked.succeeded() && checked.result()) {
                door.begin(call, name);
                json(call, "{}");
            } else if (!call.response().ended()) {
                ConsoleLogin.refuse(call, 403, "wrong user or password");
            }
        });
    }

    private static void page(RoutingContext call, String path) {
        // A directory has no type.
        byte[] bytes = FILE.matcher(path).matches() && MimeMapping.getMimeTypeForFilename(path) != null ? read("/console/page/" + path) : null;
        if (bytes == null) {
            ConsoleLogin.refuse(call, 404, "no such file");
        } else {
            send(call, path, bytes, PAGE_POLICY);
        }
    }

    /** A file of ours, or else of Hawtio's, or else the page: its views are paths of their own. */
    private static void file(RoutingContext call) {
        String path = call.normalizedPath().substring(ROOT.length());
        byte[] bytes = null;
        if (FILE.matcher(path).matches()) {
            bytes = read("/console/" + path);
            bytes = bytes == null ? read("/hawtio-static/" + path) : bytes;
        }
        if (bytes == null) {
            if (path.startsWith("static/")) {
                ConsoleLogin.refuse(call, 404, "no such file");
                return;
            }
            path = "index.html";
            bytes = read("/hawtio-static/index.html");
        }
        send(call, path, bytes, CONTENT_POLICY);
    }

    private static void send(RoutingContext call, String path, byte[] bytes, String policy) {
        String type = MimeMapping.getMimeTypeForFilename(path);
        call.response().putHeader("Content-Type", type == null ? "application/octet-stream" : type.startsWith("text/") ? type + "; charset=utf-8" : type)
                .putHeader("Content-Security-Policy", policy)
                // Below static/ a file's name changes with what is in it.
                .putHeader("Cache-Control", path.startsWith("static/") ? "max-age=86400" : "no-cache")
                .end(Buffer.buffer(bytes));
    }

    private static byte[] read(String resource) {
        try (InputStream in = Console.class.getResourceAsStream(resource)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            return null;
        }
    }

    private static void json(RoutingContext call, String json) {
        call.response().putHeader("Content-Type", "application/json").end(json);
    }

    private static void redirect(RoutingContext call, String path) {
        call.response().setStatusCode(302).putHeader("Location", path).end();
    }
}

package io.smsbridge.http;

import java.util.function.Consumer;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.smsbridge.text.LoggedError;
import io.smsbridge.text.PhoneMask;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.component.vertx.common.VertxHelper;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server of http.port. Camel's own gives no way to set Vert.x's limits, and leaves what Vert.x refuses to Vert.x's words; here every
 * refusal has the form that callers know from the routes, {@code {"status": "error", "error": "..."}}.
 */
public final class SmsHttpServer extends VertxPlatformHttpServer {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.http");

    /** A GET with the longest text that can be one SMS (255 parts of 67 characters) and the longest messageId, each character as %XX%XX%XX. */
    static final int LONGEST_REQUEST_LINE = 256 * 1024;
    static final int LONGEST_HEADERS = 64 * 1024;
    private static final Pattern WRONG_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");

    /** Milliseconds for which a connection stays open after a request that is no HTTP: closed at once, its caller may never see the answer. */
    private static final long LINGER = 1_000;

    private final VertxPlatformHttpServerConfiguration configuration;
    private Consumer<HttpServerOptions> tls;
    private ConnectionGuard guard = new ConnectionGuard(new ConnectionGuard.Limits(30_000, 120_000, Integer.MAX_VALUE, Integer.MAX_VALUE, refused -> { }));
    private HttpServer server;

    SmsHttpServer(VertxPlatformHttpServerConfiguration configuration) {
        super(configuration);
        this.configuration = configuration;
        configuration.setServerType(VertxPlatformHttpRouter.SERVER_TYPE_SERVER);
    }

    public VertxPlatformHttpServerConfiguration configuration() {
        return configuration;
    }

    /** Before it is started. */
    public void secure(Consumer<HttpServerOptions> options) {
        tls = options;
    }

    /**
     * Bounds what connections may take; the server must not have been started yet.
     *
     * @param requestTimeout   milliseconds for a request to come whole
     * @param idleTimeout      milliseconds for which a connection may stay open without one
     * @param connections      most of them at one time
     * @param connectionsOfOne most of one address
     * @param refused          is told why a connection is closed: limit, source-limit, slow or idle
     */
    public void limit(long requestTimeout, long idleTimeout, int connections, int connectionsOfOne, Consumer<String> refused) {
        guard = new ConnectionGuard(new ConnectionGuard.Limits(requestTimeout, idleTimeout, connections, connectionsOfOne, refused));
    }

    @Override
    public HttpServer getServer() {
        return server;
    }

    @Override
    public int getPort() {
        return server == null ? configuration.getBindPort() : server.actualPort();
    }

    @Override
    protected void startServer() throws Exception {
        HttpServerOptions options = new HttpServerOptions()
                // Camel resumes a request that RequestBodyReader has read, which Vert.x takes in HTTP/1.1 alone. Who asks for an upgrade stays there.
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(LONGEST_REQUEST_LINE)
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setMaxFormAttributeSize((int) Math.min(configuration.getMaxBodySize(), Integer.MAX_VALUE));
        SSLContextParameters camels = configuration.getSslContextParameters() != null ? configuration.getSslContextParameters()
                : configuration.isUseGlobalSslContextParameters() ? getCamelContext().getSSLContextParameters() : null;
        if (tls != null) {
            tls.accept(options);
        } else if (camels != null) {
            VertxHelper.setupSSLOptions(getCamelContext(), camels, options);
        }
        VertxPlatformHttpRouter router = VertxPlatformHttpRouter.lookup(getCamelContext(),
                VertxPlatformHttpRouter.getRouterNameFromPort(configuration.getPort()));
        router.route().handler(guard::handle);
        router.route().handler(new RequestBodyReader(configuration.getMaxBodySize()));
        for (int status = 400; status < 600; status++) {
            int code = status;
            router.errorHandler(code, call -> refuse(call, code));
        }
        server = getVertx().createHttpServer(options).requestHandler(request -> route(router, request)).invalidRequestHandler(this::refuseInvalid).connectionHandler(guard::opened);
        guard.start(getVertx());
        await(server.listen(configuration.getBindPort(), configuration.getBindHost()));
    }

    /**
     * A version of HTTP that is none is answered 501 by Vert.x itself, when somebody asks for it, and ends the connection. A path that can't be
     * decoded comes to no router, which would log a stack trace of it for every stranger.
     */
    private static void route(VertxPlatformHttpRouter router, HttpServerRequest request) {
        try {
            request.version();
        } catch (IllegalStateException e) {
            return;
        }
        if (request.path() != null && WRONG_ESCAPE.matcher(request.path()).find()) {
            answer(request.response(), 400, "the URL's path has a % that is not followed by two hexadecimal digits; a % itself is written %25");
            return;
        }
        router.handle(request);
    }

    @Override
    protected void stopServer() {
        if (server != null) {
            guard.stop(getVertx());
            await(server.close());
            server = null;
        }
    }

    @Override
    protected void stopVertx() {
        if (getVertx() != null) {
            await(getVertx().close());
            setVertx(null);
        }
    }

    private static void await(Future<?> future) {
        future.toCompletionStage().toCompletableFuture().join();
    }

    private void refuse(RoutingContext call, int status) {
        HttpServerResponse response = call.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            // Half an answer is gone already; an end would make it look whole.
            call.request().connection().close();
            return;
        }
        response.headers().clear();
        if (status == 500 && call.failure() != null) {
            LOG.error("{} {} can't be handled", call.request().method(), PhoneMask.masked(call.request().path()), LoggedError.of(call.failure()));
        }
        String said = call.failure() instanceof HttpException refusal ? refusal.getPayload() : null;
        answer(response, status, said != null ? said : error(call.request(), status));
    }

    private String error(HttpServerRequest request, int status) {
        return switch (status) {
            case 404 -> "nothing is served at this path; GET /openapi says what is";
            case 405 -> "this path does not take " + request.method() + "; GET /openapi says what it takes";
            case 408 -> "the request took longer than http.requestTimeout to come; nothing of it was accepted. Send it again";
            case 413 -> "the body is larger than http.maxBodySize, " + configuration.getMaxBodySize() + " bytes";
            case 503 -> "the route of this path is suspended; nothing of the request was accepted. Send it again later";
            default -> status < 500 ? "the request can't be read as HTTP" : "the bridge could not handle the request; its log says why";
        };
    }

    /** What is no HTTP, or beyond the limits, comes to no router. */
    private void refuseInvalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        HttpServerResponse response = request.response().putHeader("Connection", "close");
        Future<Void> answered;
        if (cause instanceof TooLongHttpLineException) {
            answered = answer(response, 414, "the request line is longer than " + LONGEST_REQUEST_LINE + " bytes; send the message with POST");
        } else if (cause instanceof TooLongHttpHeaderException) {
            answered = answer(response, 431, "the request's headers are longer than " + LONGEST_HEADERS + " bytes together");
        } else {
            answered = answer(response, 400, "the request can't be read as HTTP: " + cause.getMessage());
        }
        answered.onComplete(done -> getVertx().setTimer(LINGER, timer -> request.connection().close()));
    }

    private static Future<Void> answer(HttpServerResponse response, int status, String error) {
        if (status == 503) {
            response.putHeader("Retry-After", "5");
        }
        return response.setStatusCode(status).putHeader("Content-Type", "application/json")
                .end(new JsonObject().put("status", "error").put("error", error).encode());
    }
}

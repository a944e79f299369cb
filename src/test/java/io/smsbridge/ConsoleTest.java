package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The management port: who gets in, and what the console asks of it. */
class ConsoleTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Set<Integer> ANSWERS_DURING_START = ConcurrentHashMap.newKeySet();

    @TempDir
    static Path home;
    private static TestBridge bridge;

    private static final String SETTINGS = """
            account.main.baseUrl=http://localhost:1
            account.main.apiKey=k
            sms.default-account=main
            """;

    @BeforeAll
    static void start() throws Exception {
        int port = TestBridge.freePort();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                ask(port);
            }
        });
        try {
            bridge = new TestBridge(home, SETTINGS + "management.port=" + port);
            await().until(() -> !ANSWERS_DURING_START.isEmpty());
        } finally {
            stop.set(true);
            asking.join();
        }
        bridge.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/mine/{what}?platformHttpEngine=#bean:managementPort&httpMethodRestrict=GET,POST")
                        .setBody(simple("${header.CamelHttpMethod} ${header.what} ${header.q} ${body}"));
            }
        });
    }

    private static void ask(int port) {
        try {
            ANSWERS_DURING_START.add(HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/hawtio/jolokia/version")).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode());
        } catch (IOException e) {
            // not yet
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    static void stop() {
        bridge.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hawtio/jolokia", "/hawtio/jolokia/version", "/hawtio//jolokia/version", "/hawtio/%6Aolokia/version",
        "/observe/health/../../hawtio/jolokia/version", "/observe/jolokia", "/observe/healthy", "/mine/x", "/nothing"})
    void nobodyGetsInWithoutLogin(String path) throws Exception {
        for (String method : new String[] {"GET", "POST", "DELETE"}) {
            assertThat(bridge.manage(method, path, "{\"type\":\"version\"}", "X", "Y").statusCode()).as(method).isEqualTo(401);
        }
    }

    @Test
    void healthIsForAnyone() throws Exception {
        assertThat(bridge.manage("GET", "/observe/health", "", "X", "Y").body()).contains("\"status\"");
    }

    @Test
    void aUserIsLetInByHttpBasic() throws Exception {
        assertThat(bridge.manage("GET", "/hawtio/jolokia/version", "").body()).contains("\"status\":200");
        assertThat(bridge.manage("POST", "/hawtio/jolokia", "{\"type\":\"read\",\"mbean\":\"org.apache.camel:context=*,type=context,name=*\","
                + "\"attribute\":\"CamelVersion\"}").body()).contains("CamelVersion");
    }

    @Test
    void aRouteIsServedThereAndBehindTheLogin() throws Exception {
        assertThat(bridge.manage("POST", "/mine/a?q=1", "body").body()).isEqualTo("POST a 1 body");
        assertThat(bridge.manage("DELETE", "/mine/a", "").statusCode()).isEqualTo(405);
        assertThat(bridge.get("/mine/a").statusCode()).isEqualTo(404);
    }

    @Test
    void aPageOfAnotherSiteGetsNothing() throws Exception {
        for (String site : new String[] {"cross-site", "same-site"}) {
            assertThat(bridge.manage("GET", "/hawtio/jolokia/version", "", "Sec-Fetch-Site", site,
                    "Authorization", "Basic YWRtaW46YzBuc29sZQ==").statusCode()).isEqualTo(403);
        }
    }

    /** From the first moment at which anything answers. */
    @Test
    void itIsGuardedBeforeItIsOpen() {
        assertThat(ANSWERS_DURING_START).isNotEmpty().containsOnly(401);
    }
}

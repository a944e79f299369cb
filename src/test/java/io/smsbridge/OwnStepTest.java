package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A team's own step in a route, behind the one that stores. */
class OwnStepTest {

    private static final CountDownLatch HELD = new CountDownLatch(1);
    private static final CountDownLatch RELEASED = new CountDownLatch(1);

    @TempDir
    Path home;

    /** The step: the first call blocks until it is released. */
    public static class HoldTheFirst {
        private static final AtomicBoolean FIRST = new AtomicBoolean(true);

        public void hold(Exchange exchange) throws InterruptedException {
            if (FIRST.getAndSet(false)) {
                HELD.countDown();
                RELEASED.await(300, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void oneThatBlocksHoldsUpNoOtherCaller() throws Exception {
        String shipped = Files.readString(Path.of("routes/1-send/accept-sends.yaml"));
        String store = "        - process: { id: store-sends, ref: storeSends }\n";
        assertThat(shipped).contains(store);
        Path own = Files.createDirectories(home.resolve("routes/1-send"));
        Files.writeString(own.resolve("accept-sends.yaml"), shipped.replace(store,
                store + "        - bean: { id: hold, beanType: \"" + HoldTheFirst.class.getName() + "\", method: hold }\n"));
        ExecutorService caller = Executors.newSingleThreadExecutor();
        try (ScriptedInfobip infobip = new ScriptedInfobip(); TestBridge bridge = new TestBridge(home, """
                account.main.baseUrl=%s
                account.main.apiKey=k
                """.formatted(infobip.url()))) {
            Future<HttpResponse<String>> held = caller.submit(() -> bridge.post("/sms/send/main", "{\"to\": \"447700900170\", \"text\": \"held\"}"));
            assertThat(HELD.await(60, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 20; i++) {
                assertThat(bridge.post("/sms/send/main", "{\"to\": \"447700900171\", \"text\": \"free\"}").statusCode()).isEqualTo(200);
            }
            assertThat(held.isDone()).isFalse();
            RELEASED.countDown();
            assertThat(held.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        } finally {
            caller.shutdownNow();
        }
    }
}

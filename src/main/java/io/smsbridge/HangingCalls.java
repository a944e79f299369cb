package io.smsbridge;

import java.util.concurrent.TimeUnit;

import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;

/**
 * When the bridge stops, calls to Infobip and to downstreams have a moment to be answered. Then their connections are closed, so that
 * they fail as they would after a timeout, and what became of them is recorded while there is time for it.
 */
final class HangingCalls {

    private HangingCalls() {
    }

    static void endAfter(CamelContext context, long millis) {
        Thread end = new Thread(() -> {
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException e) {
                return;
            }
            context.getEndpoints().stream().filter(HttpEndpoint.class::isInstance)
                    .map(endpoint -> ((HttpEndpoint) endpoint).getClientConnectionManager())
                    .filter(ModalCloseable.class::isInstance)
                    .forEach(connections -> ((ModalCloseable) connections).close(CloseMode.IMMEDIATE));
        }, "end-hanging-calls");
        end.setDaemon(true);
        end.start();
    }
}

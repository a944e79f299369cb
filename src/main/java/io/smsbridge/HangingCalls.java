package io.smsbridge;

import java.util.concurrent.TimeUnit;

import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.jms.JmsConsumer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the bridge stops, calls to Infobip and to downstreams have a moment to be answered. Then their connections are closed, so that
 * they fail as they would after a timeout, and go back to their queues while there is time for it. Whoever waits even then, for a broker
 * whose disk is full, is interrupted: the broker keeps what it had in hand for the next start.
 */
final class HangingCalls {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.stop");

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
            context.getRoutes().stream().map(Route::getConsumer).filter(JmsConsumer.class::isInstance).map(JmsConsumer.class::cast)
                    .filter(consumer -> !consumer.isStopped()).forEach(HangingCalls::interruptWhenClosed);
        }, "end-hanging-calls");
        end.setDaemon(true);
        end.start();
    }

    private static void interruptWhenClosed(JmsConsumer consumer) {
        try {
            consumer.getListenerContainer().setAcceptMessagesWhileStopping(false);
        } catch (Exception e) {
            LOG.warn("route {}: its calls in hand are waited for: {}", consumer.getRouteId(), e.getMessage());
        }
    }
}

package io.smsbridge.forward;

import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.maps.Maps;
import org.apache.camel.spi.Registry;

/** The stage that tells the downstreams: its beans, by the names that routes call them. */
public final class ForwardModule {

    private ForwardModule() {
    }

    public static void bind(Registry registry, LedgerDatabase ledger, DownstreamCircuits circuits, Maps maps, ForwardMeters meters, DeadLetters deadLetters) {
        registry.bind("forwardOutcomes", new ForwardOutcomes(ledger.outbox(), circuits, maps, meters));
        registry.bind("deadLetters", deadLetters);
        registry.bind("deadLetterCalls", new DeadLetterCalls(deadLetters));
        circuits.all().forEach(circuit -> registry.bind("circuit-of-" + circuit.name(), circuit));
    }
}

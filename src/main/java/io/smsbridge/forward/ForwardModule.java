package io.smsbridge.forward;

import java.util.List;
import java.util.stream.Collectors;

import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.maps.Maps;
import io.smsbridge.settings.Block;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.spi.Registry;

/** The stage that tells the downstreams: its beans, by the names that routes call them. */
public final class ForwardModule {

    private ForwardModule() {
    }

    /** One line for each downstream whose url names a Camel endpoint that can't be made. Nothing is connected to. */
    public static List<String> problems(CamelContext context, List<Block> downstreams) {
        return DownstreamComponent.problems(context, downstreams);
    }

    /** The component downstream:, by which a route hands over to the Camel endpoint of a downstream. */
    public static Component component(List<Block> downstreams) {
        return new DownstreamComponent(downstreams.stream().filter(block -> block.endpoint() != null).collect(Collectors.toMap(Block::name, block -> block)));
    }

    public static void bind(Registry registry, LedgerDatabase ledger, DownstreamCircuits circuits, Maps maps, ForwardMeters meters, DeadLetters deadLetters) {
        registry.bind("forwardOutcomes", new ForwardOutcomes(ledger.outbox(), circuits, maps, meters));
        registry.bind("deadLetters", deadLetters);
        registry.bind("deadLetterCalls", new DeadLetterCalls(deadLetters));
        circuits.all().forEach(circuit -> registry.bind("circuit-of-" + circuit.name(), circuit));
    }
}

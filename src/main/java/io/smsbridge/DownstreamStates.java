package io.smsbridge;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.smsbridge.Settings.Kind;
import jakarta.jms.ConnectionFactory;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;

/** Bean {@code downstreamStates}: which downstream takes what it is posted, and which is down. */
public final class DownstreamStates {

    private final Map<String, DownstreamState> byName = new LinkedHashMap<>();

    private DownstreamStates() {
    }

    /** @param connections the broker's connection factory, which exists only once Camel has made its beans */
    static DownstreamStates of(CamelContext context, Settings settings, Supplier<ConnectionFactory> connections) {
        DownstreamStates states = new DownstreamStates();
        settings.blocks(Kind.DOWNSTREAM).forEach(block -> states.byName.put(block.name(), new DownstreamState(context, connections, block)));
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopping(CamelContext stopping) {
                states.byName.values().forEach(DownstreamState::close);
            }
        });
        return states;
    }

    /** One for each downstream in the settings. */
    public Collection<DownstreamState> all() {
        return List.copyOf(byName.values());
    }

    /** Null where there is no such downstream. */
    public DownstreamState of(String name) {
        return byName.get(name);
    }

    /**
     * What followed on a POST.
     *
     * @param code       the answer's HTTP status; 0 when there was no answer
     * @param answer     its body, or the error met
     * @param retryAfter its Retry-After header; null when there was none
     * @return whether the message is to be put back into its queue as it was, since it is the downstream that fails, and is waited for
     */
    public boolean answered(String name, int code, String answer, String retryAfter) {
        return byName.get(name).answered(code, answer, Retries.asked(retryAfter));
    }
}

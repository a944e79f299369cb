package io.smsbridge.forward;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.smsbridge.ledger.LedgerTransaction;
import io.smsbridge.ledger.LedgerWork;
import io.smsbridge.ledger.LedgerWriter;
import io.smsbridge.ledger.Outbox;
import io.smsbridge.settings.DownstreamSettings;

/** Which downstream takes what it is posted, and which is down. */
public final class DownstreamCircuits {

    private final Map<String, DownstreamSettings> settings = new LinkedHashMap<>();
    private final Map<String, DownstreamCircuit> byName = new LinkedHashMap<>();

    public DownstreamCircuits(Collection<DownstreamSettings> downstreams, LedgerWriter writer, Outbox outbox) {
        for (DownstreamSettings downstream : downstreams) {
            settings.put(downstream.name(), downstream);
            byName.put(downstream.name(), new DownstreamCircuit(downstream, () -> outbox.queue("events", downstream.name()).wake(),
                    () -> hasten(writer, outbox, downstream.name())));
        }
    }

    private static void hasten(LedgerWriter writer, Outbox outbox, String downstream) {
        writer.submit(new LedgerWork() {
            @Override
            public void write(LedgerTransaction transaction) throws java.sql.SQLException {
                transaction.sql("hasten-outbox").set("queue", "events").set("target", downstream).set("now", transaction.now()).execute();
            }

            @Override
            public void committed() {
                outbox.queue("events", downstream).due(1, 0);
            }
        });
    }

    /** One for each downstream in the settings. */
    public Collection<DownstreamCircuit> all() {
        return List.copyOf(byName.values());
    }

    /** Null where there is no such downstream. */
    public DownstreamCircuit of(String name) {
        return byName.get(name);
    }

    DownstreamSettings settings(String name) {
        return settings.get(name);
    }
}

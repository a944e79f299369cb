package io.smsbridge.people;

import io.smsbridge.ledger.Consents;
import io.smsbridge.ledger.LedgerDatabase;
import org.apache.camel.spi.Registry;

/** What is kept about one person: its bean, by the name that routes call it. */
public final class PeopleModule {

    private PeopleModule() {
    }

    public static void bind(Registry registry, LedgerDatabase ledger, Consents consents) {
        registry.bind("peopleCalls", new PeopleCalls(new People(ledger, consents)));
    }
}

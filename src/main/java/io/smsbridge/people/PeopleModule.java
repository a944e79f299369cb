package io.smsbridge.people;

import java.util.Collection;

import io.smsbridge.ledger.Consents;
import io.smsbridge.ledger.LedgerDatabase;
import org.apache.camel.spi.Registry;

/** What is kept about one person: its bean, by the name that routes call it. */
public final class PeopleModule {

    private PeopleModule() {
    }

    /** @param accounts their names: what is counted of a number is counted by account */
    public static void bind(Registry registry, LedgerDatabase ledger, Consents consents, Collection<String> accounts) {
        registry.bind("peopleCalls", new PeopleCalls(new People(ledger, consents, accounts)));
    }
}

package io.smsbridge.console;

import io.smsbridge.forward.DeadLetters;
import io.smsbridge.forward.DownstreamCircuits;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.ledger.OutboxCounts;
import io.smsbridge.observe.AnnotatedMBean;
import io.smsbridge.send.SendAccounts;
import io.smsbridge.send.SendModule;
import io.smsbridge.settings.Block;
import io.smsbridge.settings.BlockKind;
import io.smsbridge.settings.Settings;
import org.apache.camel.CamelContext;

/** The MBeans of accounts and downstreams, and what they share. */
public final class ManagedBeans {

    private ManagedBeans() {
    }

    /** Registers an MBean for each account and downstream, and one for the dead letters. */
    public static void register(CamelContext context, Settings settings, LedgerDatabase ledger, SendAccounts accounts, SendModule sends,
            DownstreamCircuits circuits, OutboxCounts counts, DeadLetters letters) {
        for (Block account : settings.blocks(BlockKind.ACCOUNT)) {
            AnnotatedMBean.register(context, "type=accounts,name=" + account.name(), new AccountOperations(context, account, ledger, accounts, sends, counts));
        }
        for (Block downstream : settings.blocks(BlockKind.DOWNSTREAM)) {
            AnnotatedMBean.register(context, "type=downstreams,name=" + downstream.name(),
                    new DownstreamOperations(context, circuits.of(downstream.name()), counts, downstream.get("url")));
        }
        AnnotatedMBean.register(context, "type=dead-letters", new DeadLetterOperations(letters));
    }
}

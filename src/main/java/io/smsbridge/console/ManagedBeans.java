package io.smsbridge.console;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

import io.smsbridge.forward.DeadLetters;
import io.smsbridge.forward.DownstreamCircuits;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.ledger.OutboxCounts;
import io.smsbridge.observe.AnnotatedMBean;
import io.smsbridge.observe.Health;
import io.smsbridge.send.SendAccounts;
import io.smsbridge.send.SendModule;
import io.smsbridge.settings.Block;
import io.smsbridge.settings.BlockKind;
import io.smsbridge.settings.Settings;
import org.apache.camel.CamelContext;

/** The MBeans of accounts and downstreams, which the first page shows and works, too. */
public final class ManagedBeans {

    private final Map<String, AccountOperations> accounts = new TreeMap<>();
    private final Map<String, DownstreamOperations> downstreams = new TreeMap<>();

    private ManagedBeans() {
    }

    /** Registers an MBean for each account and downstream, and one for the dead letters. */
    public static ManagedBeans register(CamelContext context, Settings settings, LedgerDatabase ledger, SendAccounts accounts, SendModule sends,
            DownstreamCircuits circuits, OutboxCounts counts, DeadLetters letters, Health health) {
        ManagedBeans beans = new ManagedBeans();
        for (Block account : settings.blocks(BlockKind.ACCOUNT)) {
            beans.accounts.put(account.name(), new AccountOperations(context, account, ledger, accounts, sends, counts, health));
        }
        for (Block downstream : settings.blocks(BlockKind.DOWNSTREAM)) {
            beans.downstreams.put(downstream.name(), new DownstreamOperations(context, circuits.of(downstream.name()), counts, downstream.get("url")));
        }
        beans.accounts.forEach((name, account) -> AnnotatedMBean.register(context, "type=accounts,name=" + name, account));
        beans.downstreams.forEach((name, downstream) -> AnnotatedMBean.register(context, "type=downstreams,name=" + name, downstream));
        AnnotatedMBean.register(context, "type=dead-letters", new DeadLetterOperations(letters));
        return beans;
    }

    /** By name. */
    Map<String, AccountOperations> accounts() {
        return Collections.unmodifiableMap(accounts);
    }

    /** By name. */
    Map<String, DownstreamOperations> downstreams() {
        return Collections.unmodifiableMap(downstreams);
    }

    /** Recipients that wait, of all accounts; -1: not known. */
    long waitingSends() {
        return sum(accounts.values().stream().mapToLong(AccountOperations::getWaiting));
    }

    /** Events that wait, of all downstreams; -1: not known. */
    long waitingEvents() {
        return sum(downstreams.values().stream().mapToLong(DownstreamOperations::getWaiting));
    }

    /** How many seconds ago the oldest of all sends that wait came; -1: not known. */
    long oldestSend() {
        return accounts.values().stream().mapToLong(AccountOperations::getOldestWaitingSeconds).max().orElse(0);
    }

    /** How many seconds ago the oldest of all events that wait came; -1: not known. */
    long oldestEvent() {
        return downstreams.values().stream().mapToLong(DownstreamOperations::getOldestWaitingSeconds).max().orElse(0);
    }

    private static long sum(LongStream waiting) {
        return waiting.reduce(0, (sum, one) -> sum == OutboxCounts.UNKNOWN || one == OutboxCounts.UNKNOWN ? OutboxCounts.UNKNOWN : sum + one);
    }
}

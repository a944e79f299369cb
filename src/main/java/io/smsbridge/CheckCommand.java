package io.smsbridge;

import java.nio.file.Path;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code check}: reads what a start would read, and says all that is wrong with it. */
@Command(name = "check", description = "Reads settings, maps and routes, and prints every problem. It can run beside a running bridge.",
        footer = {"%nNothing is sent, and neither Infobip, a downstream nor the ledger's database is called.",
            "Exit code: 0 the bridge would start, 2 it would not."})
final class CheckCommand implements Callable<Integer> {

    private final Path home;

    @Mixin
    private CommandLine.Help help;

    CheckCommand(Path home) {
        this.home = home;
    }

    @Override
    public Integer call() throws Exception {
        SetupCheck check = SetupCheck.of(home);
        check.warnings().forEach(warning -> System.out.println("warning: " + warning));
        check.problems().forEach(System.out::println);
        if (check.problems().isEmpty()) {
            System.out.println("Settings, maps and routes are in order: " + check.summary());
            return 0;
        }
        System.out.println(check.problems().size() == 1 ? "1 problem" : check.problems().size() + " problems");
        return CommandLine.EXIT_USAGE;
    }
}

package io.smsbridge;

import java.util.concurrent.Callable;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: the script by which bash and zsh complete the commands and options of bridge.sh. */
@Command(name = "completion", description = "Prints the script by which bash and zsh complete commands and options of bridge.sh.",
        footer = "%nUse it by:  source <(./bridge.sh completion)")
final class CompletionCommand implements Callable<Integer> {

    @Mixin
    private CommandLine.Help help;
    @Parameters(paramLabel = "NAME", arity = "0..1", defaultValue = "bridge.sh", description = "What is typed to start the bridge. Default: bridge.sh")
    private String name;
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        System.out.print(AutoComplete.bash(name, spec.root().commandLine()));
        return 0;
    }
}

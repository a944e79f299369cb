package io.smsbridge;

import java.util.List;

import picocli.CommandLine.Option;

/** What the commands have in common: how they are called, how they end, and what they print. */
final class CommandLine {

    /** How the bridge is started, for the texts that show it. */
    static final String JAR = "java -jar infobip-sms-bridge.jar";

    /** Wrong settings or wrong arguments. */
    static final int EXIT_USAGE = 2;

    private CommandLine() {
    }

    static int print(String text) {
        System.out.print(text);
        return 0;
    }

    /** Prints what stopped the start in lines a person can act on; an error that is ours alone keeps its stack trace. */
    static int explain(Exception error) throws Exception {
        List<String> problems = Startup.problems(error);
        if (problems.isEmpty()) {
            throw error;
        }
        System.err.println("The bridge did not start:");
        problems.forEach(problem -> System.err.println("  " + problem));
        return EXIT_USAGE;
    }

    /** The option that every command has, as its mixin. */
    static final class Help {
        @Option(names = {"-h", "--help"}, usageHelp = true, description = "Prints this.")
        private boolean help;
    }
}

package io.smsbridge;

import java.io.PrintWriter;
import java.nio.file.Path;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands of the command line. One more is one line more in {@link #execute}. */
@Command(name = CommandLine.JAR, synopsisSubcommandLabel = "[COMMAND]",
        description = "Carries SMS between a customer-engagement platform and Infobip. Without a command it runs until it is told to stop.%n",
        commandListHeading = "%nCommands:%n",
        footer = {"%nSettings are in application.properties, in the directory it is started in or beside the jar.",
            "Exit code: 0 done, 1 not done, 2 wrong arguments or settings."})
final class Commands {

    private static final int WIDTH = 120;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Prints this.")
    private boolean help;
    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Prints the version.")
    private boolean version;

    private Commands() {
    }

    /** Carries out a command; its exit code. */
    static int execute(Path home, String[] args) {
        picocli.CommandLine commands = new picocli.CommandLine(new Commands())
                .addSubcommand(new CheckCommand(home))
                .addSubcommand(new MapCommand(home))
                .addSubcommand(new SendTestCommand(home))
                .addSubcommand(new CallerCommand(home))
                .addSubcommand(new BackupCommand(home))
                .addSubcommand(new CompletionCommand())
                .addSubcommand(new UnpackCommand())
                .addSubcommand(new HelpCommand())
                .setUsageHelpWidth(WIDTH)
                .setParameterExceptionHandler((error, wrong) -> refuse(error))
                .setExecutionExceptionHandler((error, command, parsed) -> CommandLine.explain(error));
        commands.getCommandSpec().version("Infobip SMS Bridge " + version());
        return commands.execute(args);
    }

    /** As the jar's manifest has it. */
    private static String version() {
        String version = Commands.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    /** Says what is wrong with the arguments, and how the command is used. */
    private static int refuse(ParameterException error) {
        picocli.CommandLine command = error.getCommandLine();
        PrintWriter out = command.getErr();
        boolean unknown = error instanceof UnmatchedArgumentException unmatched && command.getParent() == null && !unmatched.isUnknownOption();
        out.println(unknown ? "Unknown command '" + ((UnmatchedArgumentException) error).getUnmatched().get(0) + "'" : error.getMessage());
        UnmatchedArgumentException.printSuggestions(error, out);
        out.println();
        command.usage(out);
        return CommandLine.EXIT_USAGE;
    }
}

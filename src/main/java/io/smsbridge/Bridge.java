package io.smsbridge;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.TimeZone;

import io.smsbridge.observe.LogLevels;
import io.smsbridge.settings.Settings;
import org.apache.camel.main.Main;
import org.apache.logging.log4j.LogManager;

/**
 * The process: {@code java -jar infobip-sms-bridge.jar} runs the routes until it is told to stop,
 * {@code java -jar infobip-sms-bridge.jar send-test ...} sends one message through them and ends.
 */
public final class Bridge {


    private static final String USAGE = """
            Carries SMS between a customer-engagement platform and Infobip.

              java -jar infobip-sms-bridge.jar             runs the bridge until it is told to stop
              java -jar infobip-sms-bridge.jar send-test   sends one SMS and prints what Infobip said; send-test --help lists its options
              java -jar infobip-sms-bridge.jar unpack DIR  takes the jar apart, as bridge.sh does for a faster start
              java -jar infobip-sms-bridge.jar --help      prints this
              java -jar infobip-sms-bridge.jar --version   prints the version

            Settings are in application.properties, in the directory it is started in or beside the jar.
            Exit code: 2 wrong arguments or settings.
            """;

    private Bridge() {
    }

    public static void main(String[] args) throws Exception {
        ignoreTheMachinesLanguage();
        LogLevels.chooseFormat(home());
        int exit = switch (args.length == 0 ? "" : args[0]) {
            case "" -> run();
            case "send-test" -> SendTestCommand.run(home(), Arrays.copyOfRange(args, 1, args.length));
            case "unpack" -> UnpackCommand.run(Arrays.copyOfRange(args, 1, args.length));
            case "--help", "-h", "help" -> CommandLine.print(USAGE);
            case "--version", "-V", "version" -> CommandLine.print("Infobip SMS Bridge " + version() + "\n");
            default -> {
                System.err.print("Unknown command '" + args[0] + "'\n\n" + USAGE);
                yield CommandLine.EXIT_USAGE;
            }
        };
        LogManager.shutdown();
        System.exit(exit);
    }

    /** As the jar's manifest has it. */
    private static String version() {
        String version = Bridge.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    /**
     * Words, digits, calendar, time zone and charset are the same on every machine. Java fixes the default charset before this line, so
     * whatever reads or writes text names UTF-8 itself.
     */
    private static void ignoreTheMachinesLanguage() {
        Locale.setDefault(Locale.ROOT);
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        System.setOut(utf8(FileDescriptor.out));
        System.setErr(utf8(FileDescriptor.err));
    }

    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(stream)), true, StandardCharsets.UTF_8);
    }

    private static int run() throws Exception {
        try {
            Main main = BridgeMain.create(home(), new Properties());
            main.run();
            return main.getExitCode();
        } catch (Exception e) {
            return CommandLine.explain(e);
        }
    }

    /** Where bridge.sh says, or else the working directory if it holds settings or routes, else the jar's own directory if that does, else the former. */
    private static Path home() {
        String said = System.getProperty("bridge.home", "");
        if (!said.isEmpty()) {
            return Path.of(said).toAbsolutePath();
        }
        Path here = Path.of("").toAbsolutePath();
        // "java -jar" sets the class path to the jar's path as it was given.
        Path beside = Path.of(System.getProperty("java.class.path")).toAbsolutePath().getParent();
        for (Path directory : beside == null ? List.of(here) : List.of(here, beside)) {
            if (Files.exists(directory.resolve("application.properties")) || Files.isDirectory(directory.resolve("routes"))) {
                return directory;
            }
        }
        return here;
    }
}

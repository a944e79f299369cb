package io.smsbridge;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.TimeZone;

import io.smsbridge.observe.LogLevels;
import org.apache.camel.main.Main;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * The process: {@code java -jar infobip-sms-bridge.jar} runs the routes until it is told to stop; with arguments it carries out a
 * command, such as {@code send-test}, and ends.
 */
public final class Bridge {

    private Bridge() {
    }

    public static void main(String[] args) throws Exception {
        ignoreTheMachinesLanguage();
        System.exit(args.length == 0 ? run() : command(args));
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

    /** What a command prints is its result alone. */
    private static int command(String[] args) {
        Configurator.setAllLevels("", Level.OFF);
        return Commands.execute(home(), args);
    }

    private static int run() throws Exception {
        LogLevels.chooseFormat(home());
        try {
            Main main = BridgeMain.create(home(), new Properties());
            main.run();
            return main.getExitCode();
        } catch (Exception e) {
            return CommandLine.explain(e);
        } finally {
            LogManager.shutdown();
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

package io.smsbridge;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.TimeZone;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.properties.DefaultPropertiesParser;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.component.properties.PropertiesLookup;
import org.apache.camel.main.Main;
import org.apache.logging.log4j.LogManager;

/**
 * The process: {@code java -jar infobip-sms-bridge.jar} runs the routes until it is told to stop,
 * {@code java -jar infobip-sms-bridge.jar send-test ...} sends one message through them and ends.
 */
public final class Bridge {

    /** Wrong settings or wrong arguments. */
    static final int EXIT_USAGE = 2;

    private static final String USAGE = """
            Carries SMS between a customer-engagement platform and Infobip.

              java -jar infobip-sms-bridge.jar             runs the bridge until it is told to stop
              java -jar infobip-sms-bridge.jar send-test   sends one SMS and prints what Infobip said; send-test --help lists its options
              java -jar infobip-sms-bridge.jar --help      prints this
              java -jar infobip-sms-bridge.jar --version   prints the version

            Settings are in application.properties, in the directory it is started in or beside the jar.
            Exit code: 2 wrong arguments or settings.
            """;

    private Bridge() {
    }

    public static void main(String[] args) throws Exception {
        ignoreTheMachinesLanguage();
        Logging.chooseFormat(home());
        int exit = switch (args.length == 0 ? "" : args[0]) {
            case "" -> run();
            case "send-test" -> SendTest.run(home(), Arrays.copyOfRange(args, 1, args.length));
            case "--help", "-h", "help" -> print(USAGE);
            case "--version", "-V", "version" -> print("Infobip SMS Bridge " + version() + "\n");
            default -> {
                System.err.print("Unknown command '" + args[0] + "'\n\n" + USAGE);
                yield EXIT_USAGE;
            }
        };
        LogManager.shutdown();
        System.exit(exit);
    }

    static int print(String text) {
        System.out.print(text);
        return 0;
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
            Main main = create(home(), new Properties());
            main.run();
            return main.getExitCode();
        } catch (Exception e) {
            return explain(e);
        }
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

    /**
     * The routes, ready to start.
     *
     * @param home      directory of application.properties and routes/; what it lacks comes from the jar, file by file
     * @param overrides settings that win over every other source
     */
    static Main create(Path home, Properties overrides) throws IOException {
        return create(home, overrides, null);
    }

    /** @param testAccount for send-test: the account to test, empty for the default one; null otherwise */
    static Main create(Path home, Properties overrides, String testAccount) throws IOException {
        RouteFiles routes = RouteFiles.of(home);
        Properties initial = defaults();
        Path file = home.resolve("application.properties");
        Main main = new Main() {
            @Override
            protected CamelContext createCamelContext() {
                CamelContext context = super.createCamelContext();
                // Words to listen for, and replies, are in any script; Camel's own choice is ISO 8859-1.
                PropertiesComponent properties = (PropertiesComponent) context.getPropertiesComponent();
                properties.setEncoding("UTF-8");
                // Camel's own overrides give way to the environment and to -D.
                properties.setPropertiesParser(new DefaultPropertiesParser(properties) {
                    @Override
                    public String parseProperty(String key, String value, PropertiesLookup lookup) {
                        return overrides.getProperty(key, value);
                    }
                });
                context.setApplicationContextClassLoader(routes.over(Bridge.class.getClassLoader()));
                return context;
            }
        };
        if (Files.exists(file)) {
            // A user's accounts and downstreams are the only ones; every other key may be left out.
            initial.keySet().removeIf(key -> Settings.isBlockKey(key.toString()));
            main.setPropertyPlaceholderLocations("file:" + file);
        } else {
            main.setPropertyPlaceholderLocations("false");
        }
        initial.setProperty("routes", RouteFiles.ROOT);
        initial.setProperty("camel.main.routesIncludePattern", String.join(",", routes.endingIn(".yaml")));
        main.setInitialProperties(initial);
        main.setOverrideProperties(overrides);

        main.bind("mapFunctions", MapFunctions.ALL);
        main.bind("mapObjectFilter", MapFunctions.OBJECT_FILTER);
        main.bind("json", new ObjectMapper());
        main.bind("strictJson", JsonText.mapper());
        main.bind("queryString", new QueryString());
        main.bind("mask", new Mask());
        main.bind("namedParameters", new NamedParameters());
        // By this name Camel's own metrics service finds it, and does not make another.
        main.bind(MicrometerConstants.METRICS_REGISTRY_NAME, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        main.bind("httpServerFactory", new SmsHttpServerFactory());
        main.addMainListener(new Startup(home, routes, testAccount));
        return main;
    }

    static Properties defaults() throws IOException {
        Properties defaults = new Properties();
        try (Reader text = new InputStreamReader(Bridge.class.getResourceAsStream("/application.properties"), StandardCharsets.UTF_8)) {
            defaults.load(text);
        }
        return defaults;
    }

    /** The working directory if it holds settings or routes, else the jar's own directory if that does, else the former. */
    private static Path home() {
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

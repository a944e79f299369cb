package io.smsbridge.observe;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

import io.smsbridge.observe.AnnotatedMBean.Description;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelLogger;
import org.apache.camel.spi.LogListener;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;

/** The log: its format, its levels while the bridge runs, and the id of the request that a line is about. */
@Description("What is logged. Changes hold until the next start.")
public final class LogLevels implements LogListener {

    private static final String FORMAT = "log.format";
    private static final String STACK_TRACES = "log.stackTraces";
    private static final String REQUEST = "requestId";
    private static final String ROOT = "root";
    /** The HTTP client's loggers: below INFO they show whole requests. log4j2.xml names them, too, so that no logger above them opens them. */
    private static final String HTTP_CLIENT = "org.apache.hc";

    /**
     * Tells log4j2.xml the format, which has to be known before the first line. Like any setting it comes from -Dlog.format, from the
     * environment or from application.properties.
     */
    public static void chooseFormat(Path home) throws IOException {
        Properties file = new Properties();
        Path path = home.resolve("application.properties");
        if (Files.exists(path)) {
            try (Reader text = Files.newBufferedReader(path)) {
                file.load(text);
            }
        }
        choose(FORMAT, "LOG_FORMAT", file.getProperty(FORMAT, "text"));
        choose(STACK_TRACES, "LOG_STACKTRACES", file.getProperty(STACK_TRACES, "false"));
        if (Boolean.getBoolean(STACK_TRACES)) {
            System.setProperty("log.exceptions", "full");
            System.setProperty("log.template", "EcsLayout.json");
        }
    }

    private static void choose(String setting, String variable, String fromFile) {
        if (System.getProperty(setting) == null) {
            System.setProperty(setting, System.getenv().getOrDefault(variable, fromFile).strip());
        }
    }

    @Description("The levels that are set, by logger; root is for all others.")
    public Map<String, String> getLevels() {
        Map<String, String> levels = new TreeMap<>();
        configuration().getLoggers().forEach((name, logger) -> levels.put(name.isEmpty() ? ROOT : name, logger.getLevel().name()));
        return levels;
    }

    @Description("Sets a logger's level, for all below it, too.")
    public String setLevel(
            @Description("The logger: root, a route's as the log shows it, such as send-via-main, or a package, such as org.apache.camel.") String logger,
            @Description("OFF, ERROR, WARN, INFO, DEBUG, or empty: as the logger above it.") String level) {
        String name = logger == null || logger.isBlank() || logger.equals(ROOT) ? "" : logger.strip();
        Level wanted = level == null || level.isBlank() ? null : Level.getLevel(level.strip().toUpperCase(Locale.ROOT));
        if (wanted == null && (level != null && !level.isBlank() || name.isEmpty())) {
            throw new IllegalArgumentException("level: '" + level + "' is none of OFF, ERROR, WARN, INFO, DEBUG");
        }
        if (wanted != null && wanted.intLevel() > Level.DEBUG.intLevel()) {
            throw new IllegalArgumentException("level: '" + level + "' is below DEBUG, where libraries show webhooks' tokens, texts and numbers; choose OFF,"
                    + " ERROR, WARN, INFO or DEBUG");
        }
        if ((name + ".").startsWith(HTTP_CLIENT + ".") && (wanted == null || wanted.isLessSpecificThan(Level.DEBUG))) {
            throw new IllegalArgumentException("logger: " + name + " shows credentials and texts at this level, and stays above it; what is called, and"
                    + " answered, is logged by the routes");
        }
        Configuration configuration = configuration();
        if (wanted == null) {
            configuration.removeLogger(name);
        } else if (configuration.getLoggers().containsKey(name)) {
            configuration.getLoggers().get(name).setLevel(wanted);
        } else {
            configuration.addLogger(name, new LoggerConfig(name, wanted, true));
        }
        context().updateLoggers();
        return (name.isEmpty() ? ROOT : name) + " logs " + configuration.getLoggerConfig(name).getLevel();
    }

    private static LoggerContext context() {
        return (LoggerContext) LogManager.getContext(false);
    }

    private static Configuration configuration() {
        return context().getConfiguration();
    }

    /** Only around a line, where camel-mdc would do it around each step. */
    @Override
    public String onLog(Exchange exchange, CamelLogger logger, String message) {
        String id = exchange.getVariable(REQUEST, String.class);
        if (id != null) {
            ThreadContext.put(REQUEST, id);
        }
        return message;
    }

    @Override
    public void afterLog(Exchange exchange, CamelLogger logger, String message) {
        ThreadContext.remove(REQUEST);
    }
}

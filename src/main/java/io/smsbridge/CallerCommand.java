package io.smsbridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.smsbridge.ledger.LedgerSession;
import io.smsbridge.ledger.NativeLibrary;
import io.smsbridge.maps.RouteFiles;
import io.smsbridge.security.CallerAdmin;
import io.smsbridge.settings.InvalidSettings;
import io.smsbridge.settings.Settings;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.util.TimeUtils;
import org.flywaydb.core.api.FlywayException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code caller add|list|change|rotate|remove}: who may call, in the ledger of the settings. It runs beside a running bridge. */
@Command(name = "caller", description = "Manages who may call POST /sms/send. A running bridge takes changes over within seconds.", synopsisSubcommandLabel = "COMMAND")
final class CallerCommand {

    private static final int EXIT_REFUSED = 1;
    private static final String NAME = "NAME";

    private final Path home;
    @Spec
    private CommandSpec spec;
    @Mixin
    private CommandLine.Help help;

    CallerCommand(Path home) {
        this.home = home;
    }

    /** What a caller may do. */
    private static final class Rights {
        @Option(names = "--accounts", paramLabel = "A,B", description = "The accounts it may use; default: all.")
        private String accounts;
        @Option(names = "--networks", paramLabel = "CIDR,CIDR", description = "The networks it may call from, such as 192.0.2.0/24; default: any.")
        private String networks;
        @Option(names = "--requests-per-second", paramLabel = "N", description = "More are answered 429; default: 0, no limit. Each bridge counts for itself.")
        private String requests;
        @Option(names = "--recipients-per-second", paramLabel = "N", description = "The same of recipients.")
        private String recipients;
        @Option(names = "--recipients-per-day", paramLabel = "N", description = "Beyond it each recipient is refused until the next day (UTC); default: 0, no limit. "
                + "Bridges on one ledger count together.")
        private String day;

        private Map<String, String> given() {
            Map<String, String> given = new HashMap<>();
            given.put("--accounts", accounts);
            given.put("--networks", networks);
            given.put("--requests-per-second", requests);
            given.put("--recipients-per-second", recipients);
            given.put("--recipients-per-day", day);
            given.values().removeIf(Objects::isNull);
            return given;
        }
    }

    /** What is done with the callers. */
    @FunctionalInterface
    private interface Action {
        void on(CallerAdmin callers) throws SQLException, CallerAdmin.Wrong;
    }

    @Command(name = "add", description = "Adds a caller and prints its key, this once.")
    int add(@Parameters(paramLabel = NAME) String name, @Mixin Rights rights,
            @Option(names = "--no-key", description = "A caller known by the tokens of sms.jwt.issuer alone.") boolean noKey, @Mixin CommandLine.Help ignored) throws Exception {
        return run(callers -> {
            String key = callers.add(name, rights.given(), !noKey);
            System.out.print("Caller " + name + " was added." + (key == null ? "\n" : shown(name, key)));
        });
    }

    @Command(name = "list", description = "Lists the callers; keys are kept as hashes alone.")
    int list(@Mixin CommandLine.Help ignored) throws Exception {
        return run(callers -> {
            List<String> lines = callers.list();
            System.out.println(lines.isEmpty() ? "There is no caller." : String.join("\n", lines));
        });
    }

    @Command(name = "change", description = "Changes what a caller may do.")
    int change(@Parameters(paramLabel = NAME) String name, @Mixin Rights rights, @Mixin CommandLine.Help ignored) throws Exception {
        if (rights.given().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "caller change needs an option");
        }
        return run(callers -> {
            callers.change(name, rights.given());
            System.out.println("Caller " + name + " was changed.");
        });
    }

    @Command(name = "rotate", description = "Prints a new key; the old one stays valid for the overlap.")
    int rotate(@Parameters(paramLabel = NAME) String name,
            @Option(names = "--overlap", defaultValue = "24h", paramLabel = "TIME", description = "Such as 0s, 30m or 24h; default: ${DEFAULT-VALUE}.") String overlap,
            @Mixin CommandLine.Help ignored) throws Exception {
        long millis = millis(overlap);
        if (millis < 0) {
            throw new ParameterException(spec.commandLine(), "--overlap: '" + overlap + "' is no duration such as 0s, 30m or 24h");
        }
        return run(callers -> System.out.print("Caller " + name + " has a new key; those of before end in " + overlap + "." + shown(name, callers.rotate(name, millis))));
    }

    @Command(name = "remove", description = "Removes a caller with its keys.")
    int remove(@Parameters(paramLabel = NAME) String name, @Mixin CommandLine.Help ignored) throws Exception {
        return run(callers -> {
            callers.remove(name);
            System.out.println("Caller " + name + " was removed.");
        });
    }

    private int run(Action action) throws Exception {
        PropertiesComponent settings = BridgeMain.settings(home);
        try (LedgerSession ledger = open(home, settings)) {
            action.on(new CallerAdmin(ledger, List.copyOf(Settings.accounts(settings))));
            return 0;
        } catch (CallerAdmin.Wrong e) {
            System.err.println(e.getMessage());
            return EXIT_REFUSED;
        }
    }

    private static String shown(String name, String key) {
        return " Its key, shown this once:\n\n  " + key + "\n\n"
                + "It is given as Authorization: Bearer KEY, as X-API-Key: KEY, or by Basic with the user name " + name + ".\n"
                + "For OAuth 2.0: POST /oauth/token with the client id " + name + " and the key as client secret.\n";
    }

    private static long millis(String text) {
        try {
            return text.matches("[0-9][0-9a-z ]*") ? TimeUtils.toMilliSeconds(text) : -1;
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }

    private static LedgerSession open(Path home, PropertiesComponent settings) throws IOException {
        Path data = home.resolve(value(settings, "data.directory"));
        String url = value(settings, "ledger.url");
        if (url.isEmpty()) {
            Files.createDirectories(data);
            url = "jdbc:sqlite:" + data.resolve("ledger.db");
        }
        if (url.startsWith("jdbc:sqlite:")) {
            NativeLibrary.load(data, home);
        }
        ClassLoader files = RouteFiles.of(home).over(CallerCommand.class.getClassLoader());
        try {
            return LedgerSession.open(url, value(settings, "ledger.username"), value(settings, "ledger.password"), name -> text(files, name));
        } catch (SQLException | FlywayException e) {
            throw new InvalidSettings(List.of("ledger.url: " + (value(settings, "ledger.url").isEmpty() ? data.toString() : "the database")
                    + " can't be used: " + e.getMessage().lines().findFirst().orElse("")));
        }
    }

    private static String value(PropertiesComponent settings, String key) {
        return settings.resolveProperty(key).orElse("").strip();
    }

    private static String text(ClassLoader files, String name) {
        try (InputStream in = files.getResource("routes/sql/" + name + ".sql").openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("routes/sql/" + name + ".sql can't be read", e);
        }
    }
}

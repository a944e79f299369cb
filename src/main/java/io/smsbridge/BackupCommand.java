package io.smsbridge;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.Callable;

import io.smsbridge.ledger.LedgerBackup;
import org.apache.camel.spi.PropertiesComponent;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code backup FILE}: a copy of the ledger's SQLite file, beside a running bridge. */
@Command(name = "backup", description = "Copies the ledger's SQLite file as it is at one moment, and reads the copy back. It can run beside a running bridge.",
        footer = {"%nA ledger in a PostgreSQL is copied by pg_dump; see docs/upgrade.md, also for how a copy is put back.",
            "Exit code: 0 copied, 1 not copied, 2 wrong arguments or settings, or there is no ledger."})
final class BackupCommand implements Callable<Integer> {

    private static final int EXIT_NOT_COPIED = 1;

    private final Path home;

    @Mixin
    private CommandLine.Help help;
    @Parameters(paramLabel = "FILE", description = "The copy, which must not be there yet; only its owner can read it.")
    private Path file;

    BackupCommand(Path home) {
        this.home = home;
    }

    @Override
    public Integer call() throws Exception {
        PropertiesComponent settings = BridgeMain.settings(home);
        Path data = home.resolve(value(settings, "data.directory"));
        String given = value(settings, "ledger.url");
        String url = given.isEmpty() ? "jdbc:sqlite:" + data.resolve("ledger.db") : given;
        if (!LedgerBackup.isFile(url)) {
            return fail(CommandLine.EXIT_USAGE, "ledger.url names a PostgreSQL: copy it by pg_dump (docs/upgrade.md)");
        }
        try {
            Path to = file.toAbsolutePath();
            LedgerBackup.Content content = LedgerBackup.write(url, data, home, to);
            System.out.printf(Locale.ROOT, "Copied the ledger to %s: %d messages, %d recipients and events that wait, %.1f MB%n",
                    to, content.messages(), content.waiting(), content.bytes() / 1e6);
            return 0;
        } catch (NoSuchFileException e) {
            return fail(CommandLine.EXIT_USAGE, "there is no ledger " + e.getFile() + "; run this where application.properties is");
        } catch (FileAlreadyExistsException e) {
            return fail(CommandLine.EXIT_USAGE, e.getFile() + " is there already; name another FILE");
        } catch (SQLException | IOException e) {
            return fail(EXIT_NOT_COPIED, "not copied to " + file + ": " + e.getMessage());
        }
    }

    private static int fail(int exitCode, String problem) {
        System.err.println(problem);
        return exitCode;
    }

    private static String value(PropertiesComponent settings, String key) {
        return settings.resolveProperty(key).orElse("").strip();
    }
}

package io.smsbridge.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** A copy of a ledger in a SQLite file, as it is at one moment, while a bridge goes on writing. */
public final class LedgerBackup {

    private LedgerBackup() {
    }

    /**
     * What is in the copy.
     *
     * @param messages remembered, with those that wait
     * @param waiting  recipients and events that wait to be sent or told
     * @param bytes    of the file
     */
    public record Content(long messages, long waiting, long bytes) {
    }

    /** Whether the ledger of this URL is a file, which alone can be copied here. */
    public static boolean isFile(String url) {
        return LedgerUrl.isFile(url);
    }

    /**
     * Writes the copy, which is on disk and has been read back when this returns. It is of the version of the ledger's tables as they are.
     *
     * @param url  JDBC URL of SQLite
     * @param data data.directory, see {@link NativeLibrary#load}
     * @param to   absolute, and not there yet; its directory is made where it is missing
     * @throws NoSuchFileException        there is no ledger
     * @throws FileAlreadyExistsException the target is there
     */
    public static Content write(String url, Path data, Path home, Path to) throws IOException, SQLException {
        Path ledger = LedgerUrl.file(url);
        if (!Files.isRegularFile(ledger)) {
            throw new NoSuchFileException(ledger.toString());
        }
        if (Files.exists(to)) {
            throw new FileAlreadyExistsException(to.toString());
        }
        NativeLibrary.load(data, home);
        Files.createDirectories(to.getParent());
        Path part = to.resolveSibling(to.getFileName() + ".part");
        try {
            createForOwner(part);
            // SQLite's online backup would begin again with each commit of the bridge's; this reads one snapshot.
            try (Connection from = connect(url); PreparedStatement copy = from.prepareStatement("VACUUM INTO ?")) {
                copy.setString(1, part.toString());
                copy.execute();
            }
            // SQLite itself leaves this to the system.
            try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Content content = read(part);
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
            sync(to.getParent());
            return content;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Numbers and texts are for the bridge's user alone. SQLite fills an empty file. */
    private static void createForOwner(Path file) throws IOException {
        Files.deleteIfExists(file);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } catch (NoSuchFileException e) {
                throw new IOException("no file can be made in " + file.getParent(), e);
            }
        } else {
            Files.createFile(file);
        }
    }

    private static Connection connect(String url) throws SQLException {
        Properties options = new Properties();
        options.setProperty("busy_timeout", "30000");
        return DriverManager.getConnection(url, options);
    }

    private static Content read(Path file) throws SQLException, IOException {
        try (Connection copy = connect("jdbc:sqlite:" + file); Statement statement = copy.createStatement()) {
            try (ResultSet check = statement.executeQuery("PRAGMA quick_check(1)")) {
                check.next();
                if (!check.getString(1).equals("ok")) {
                    throw new SQLException("the copy can't be read: " + check.getString(1));
                }
            }
            return new Content(count(statement, "SELECT COUNT(*) FROM message"), count(statement, "SELECT COALESCE(SUM(items), 0) FROM outbox"), Files.size(file));
        }
    }

    private static long count(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** So that the file's name is on disk, too. A directory can't be opened on Windows, which writes it by itself. */
    private static void sync(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // The content is on disk.
        }
    }
}

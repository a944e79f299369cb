package io.smsbridge.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

import io.smsbridge.settings.InvalidSettings;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * The native library of SQLite. Its driver would put it into the temporary directory alone, where a hardened machine lets nobody write or
 * execute, and where a killed process leaves it for good. Here it is loaded from data.directory where that works, and its file is gone again
 * once it is loaded.
 */
public final class NativeLibrary {

    private static final String LOADED_FROM = "org.sqlite.lib.path";

    private NativeLibrary() {
    }

    /** @param data data.directory, which is tried first, then the temporary directory, then home */
    public static synchronized void load(Path data, Path home) {
        if (System.getProperty(LOADED_FROM) != null) {
            return;
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        List<String> failures = new ArrayList<>();
        for (Path directory : new LinkedHashSet<>(List.of(data, temporary, home))) {
            try {
                load(directory.equals(data) ? Files.createDirectories(data.resolve("native")) : Files.createTempDirectory(directory, "sqlite-"));
                return;
            } catch (IOException e) {
                failures.add(directory.normalize() + " can't be written (" + e + ")");
            } catch (UnsatisfiedLinkError e) {
                failures.add("nothing in " + directory.normalize() + " can be executed (" + e.getMessage().replaceFirst(".*: ", "") + ")");
            } catch (Exception e) {
                throw new IllegalStateException("SQLite's native library can't be initialized", e);
            }
        }
        throw new InvalidSettings(List.of("data.directory: the native library of SQLite can't be loaded: " + String.join("; ", failures)
                + ". Let the bridge write data.directory, or a directory named by -Djava.io.tmpdir, and mount that without noexec"));
    }

    private static void load(Path directory) throws Exception {
        String name = LibraryLoaderUtil.getNativeLibName();
        Path file = directory.resolve(name);
        try {
            try (InputStream library = SQLiteJDBCLoader.class.getResourceAsStream(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name)) {
                if (library != null) {
                    Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
                    // The driver would only log why this fails.
                    System.load(file.toString());
                    System.setProperty(LOADED_FROM, directory.toString());
                }
            }
            // For a platform whose library is not in the driver's jar, the driver looks for one of the machine's.
            SQLiteJDBCLoader.initialize();
        } finally {
            delete(file);
            delete(directory);
        }
    }

    /** Windows keeps what is loaded until the process ends. */
    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            path.toFile().deleteOnExit();
        }
    }
}

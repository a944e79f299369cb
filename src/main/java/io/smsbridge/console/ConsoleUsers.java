package io.smsbridge.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

import io.smsbridge.settings.InvalidSettings;

/**
 * Who may use the console: the one user that console.username and console.password name, or else those of the file console-users
 * in data.directory, which holds hashes, one user a line: {@code name:pbkdf2-sha512:iterations:salt:hash}. The file is read with
 * each login, so that a changed line counts at once.
 */
public final class ConsoleUsers {

    private static final String ALGORITHM = "pbkdf2-sha512";
    /** What OWASP asks of this hash: about 0.1 s for each guess. */
    private static final int ITERATIONS = 210_000;
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Without what is easily mistaken for something else when copied by hand. */
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

    private final String configuredName;
    private final String configuredPassword;
    private final Path file;
    private Runnable announcement = () -> { };

    private ConsoleUsers(String configuredName, String configuredPassword, Path file) {
        this.configuredName = configuredName;
        this.configuredPassword = configuredPassword;
        this.file = file;
    }

    /**
     * Where the file is missing, its password is made, and hashed beside what the caller does before it announces it.
     *
     * @param data data.directory
     * @param url  where the console is
     * @throws InvalidSettings where the file is there and can't be read, so that nobody could log in
     */
    public static ConsoleUsers open(String name, String password, Path data, String url) {
        ConsoleUsers users = new ConsoleUsers(name, password, data.resolve("console-users"));
        if (!password.isEmpty()) {
            return users;
        }
        if (Files.exists(users.file, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.readAllLines(users.file);
            } catch (IOException e) {
                throw users.unusable("read", e);
            }
        } else {
            String first = newPassword();
            CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> line(name, first));
            users.announcement = () -> {
                users.write(line.join());
                // Not by the logger: a password does not belong where logs are collected.
                System.out.println("CONSOLE: log in at " + url + " as " + name + " with the password " + first
                        + " (shown this once; " + users.file + " keeps a hash of it)");
            };
        }
        return users;
    }

    /**
     * Writes the file that is missing, and prints its password, this once.
     *
     * @throws InvalidSettings where the file can't be written
     */
    public void announce() {
        announcement.run();
    }

    /** Whether there is such a user with that password; takes as long for a user who does not exist. */
    public boolean know(String name, String password) {
        if (!configuredPassword.isEmpty()) {
            return same(configuredName, name) & same(configuredPassword, password);
        }
        String[] user = {name, ALGORITHM, String.valueOf(ITERATIONS), "", ""};
        for (String line : lines()) {
            String[] parts = line.split(":");
            if (parts.length == 5 && parts[0].equals(name) && parts[1].equals(ALGORITHM)) {
                user = parts;
            }
        }
        Base64.Decoder decoder = Base64.getDecoder();
        byte[] salt = user[3].isEmpty() ? new byte[16] : decoder.decode(user[3]);
        return MessageDigest.isEqual(hash(password, salt, Integer.parseInt(user[2])), decoder.decode(user[4]));
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            // Without its file the console lets nobody in; a restart makes a new one.
            return List.of();
        }
    }

    private static String line(String name, String password) {
        byte[] salt = new byte[16];
        RANDOM.nextBytes(salt);
        Base64.Encoder encoder = Base64.getEncoder();
        return String.join(":", name, ALGORITHM, String.valueOf(ITERATIONS), encoder.encodeToString(salt),
                encoder.encodeToString(hash(password, salt, ITERATIONS))) + "\n";
    }

    private void write(String line) {
        try {
            Files.createDirectories(file.getParent());
            if (Files.getFileAttributeView(file.getParent(), PosixFileAttributeView.class) == null) {
                Files.createFile(file);
            } else {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(file, line, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw unusable("written", e);
        }
    }

    private InvalidSettings unusable(String what, IOException why) {
        return new InvalidSettings(List.of("data.directory: " + file + ", which keeps the hash of the console's password, can't be " + what + " (" + why
                + "); let the bridge's user do so, delete it for a new password, or set console.password"));
    }

    private static byte[] hash(String password, byte[] salt, int iterations) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 512)).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no PBKDF2", e);
        }
    }

    private static String newPassword() {
        StringBuilder password = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            password.append(i > 0 && i % 5 == 0 ? "-" : "").append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        }
        return password.toString();
    }

    private static boolean same(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}

package io.smsbridge.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may use the console where the settings name nobody. */
class ConsoleUsersTest {

    @Test
    void theFirstStartMakesAUserOfWhomOnlyAHashIsKept(@TempDir Path data) throws Exception {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        ConsoleUsers users;
        try {
            users = ConsoleUsers.open("operator", "", data, "http://127.0.0.1:8081/");
            users.announce();
            ConsoleUsers.open("operator", "", data, "http://127.0.0.1:8081/").announce();
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
        String password = printed.toString(StandardCharsets.UTF_8).replaceAll("(?s).* with the password (\\S+) .*", "$1");
        assertThat(password).hasSizeGreaterThan(20);
        Path file = data.resolve("console-users");
        assertThat(Files.readString(file)).startsWith("operator:pbkdf2-sha512:").doesNotContain(password);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(users.know("operator", password)).isTrue();
        assertThat(users.know("operator", password + "x")).isFalse();
        assertThat(users.know("admin", password)).isFalse();
        Files.delete(file);
        assertThat(users.know("operator", password)).isFalse();
    }
}

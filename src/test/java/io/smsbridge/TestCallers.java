package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The command caller, run on a test's home, and calls from addresses of one's own. */
public final class TestCallers {

    private TestCallers() {
    }

    /** What the command prints; it has to end with the exit code. */
    public static String command(Path home, int exitCode, String... args) throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream to = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(to);
        System.setErr(to);
        // Where the bridge's ledger is not the file of its home.
        TestLedger.settings(home).forEach((setting, value) -> System.setProperty(setting.toString(), value.toString()));
        try {
            assertThat(Commands.execute(home, Stream.concat(Stream.of("caller"), Stream.of(args)).toArray(String[]::new))).as(printed.toString(StandardCharsets.UTF_8)).isEqualTo(exitCode);
        } finally {
            System.setOut(out);
            System.setErr(err);
            TestLedger.settings(home).forEach((setting, value) -> System.clearProperty(setting.toString()));
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** What a command prints that changes callers; the bridge that runs on this home knows of it when this returns. */
    public static String change(Path home, String... args) throws Exception {
        int lines = TestBridge.log().size();
        String printed = command(home, 0, args);
        await().until(() -> TestBridge.logSince(lines).stream().anyMatch(line -> line.matches(".* [0-9]+ callers, with [0-9]+ keys.*")));
        return printed;
    }

    /** The key in what the command has printed. */
    public static String key(String printed) {
        Matcher key = Pattern.compile("(?m)^  ([A-Za-z0-9_-]{43})$").matcher(printed);
        assertThat(key.find()).as(printed).isTrue();
        return key.group(1);
    }

    public static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** Asks at, and so from, an address of this machine; the status line from its code on, and the headers. */
    public static String getAt(String address, int port, String path) throws Exception {
        try (Socket socket = new Socket(InetAddress.getByName(address), port)) {
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            return head(socket);
        }
    }

    /** Posts from another address of this machine, so that what is wrong slows down nobody else; the status line from its code on, and the headers. */
    public static String postFrom(String source, int port, String path, String body, String... headers) throws Exception {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(source), 0)) {
            StringBuilder request = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n");
            for (int i = 0; i < headers.length; i += 2) {
                request.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
            }
            socket.getOutputStream().write((request + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
            return head(socket);
        }
    }

    private static String head(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).replaceFirst("(?s)\r\n\r\n.*", "").replaceFirst("HTTP/1.1 ", "");
    }
}

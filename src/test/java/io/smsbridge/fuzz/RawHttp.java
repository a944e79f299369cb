package io.smsbridge.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A connection on which whatever is given is written, HTTP or not, and one answer to it is read. */
public final class RawHttp implements AutoCloseable {

    /** @param status 0 where the connection ended without an answer */
    public record Answer(int status, String head, byte[] body) {

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** The version can be the request's own, however odd. */
    private static final Pattern STATUS = Pattern.compile("^HTTP/.* ([1-5][0-9]{2}) ");
    private static final int PATIENCE = 60_000;

    private final int port;
    private final String source;
    private final Socket socket = new Socket();

    /** @param source the address that it calls from, one of this machine's own */
    public RawHttp(int port, String source) {
        this.port = port;
        this.source = source;
    }

    /** @throws IOException where no answer comes in a minute: the connection stays, and nobody says anything */
    public Answer call(byte[] request) throws IOException {
        try {
            return answer(request);
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return new Answer(0, e.toString(), new byte[0]);
        }
    }

    private Answer answer(byte[] request) throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE);
        socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE);
        socket.getOutputStream().write(request);
        socket.getOutputStream().flush();
        InputStream in = new java.io.BufferedInputStream(socket.getInputStream());
        String head = head(in);
        String lower = head.toLowerCase(Locale.ROOT);
        int status = status(head);
        if (status == 100) {
            head = head(in);
            lower = head.toLowerCase(Locale.ROOT);
            status = status(head);
        }
        byte[] body;
        int length = lower.indexOf("\r\ncontent-length: ");
        if (status == 204 || status == 304) {
            body = new byte[0];
        } else if (length >= 0) {
            body = in.readNBytes(Integer.parseInt(lower.substring(length + 18, lower.indexOf("\r\n", length + 18)).strip()));
        } else if (lower.contains("\r\ntransfer-encoding: chunked")) {
            body = chunks(in);
        } else {
            body = in.readAllBytes();
        }
        return new Answer(status, head, body);
    }

    private static int status(String head) throws IOException {
        Matcher status = STATUS.matcher(head);
        if (!status.find()) {
            throw new IOException("no HTTP: " + head);
        }
        return Integer.parseInt(status.group(1));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(in).strip(), 16);
            body.writeBytes(in.readNBytes(size));
            line(in);
            if (size == 0) {
                return body.toByteArray();
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        String line = line(in);
        while (!line.isEmpty()) {
            head.append(line).append("\r\n");
            line = line(in);
        }
        return head.toString();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        while (c != '\n') {
            if (c < 0) {
                throw new EOFException("the connection ended");
            }
            line.append((char) c);
            c = in.read();
        }
        return line.toString().stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

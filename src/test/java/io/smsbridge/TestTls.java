package io.smsbridge;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** TLS as a client sees it, with the files of {@link TestCertificates}. */
public final class TestTls {

    private TestTls() {
    }

    public static PrivateKey key(Path directory, String name) throws IOException, GeneralSecurityException {
        char[] password = TestCertificates.PASSWORD.toCharArray();
        return (PrivateKey) KeyStore.getInstance(directory.resolve(name + ".p12").toFile(), password).getKey(name, password);
    }

    public static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + label + "-----\n";
    }

    /** The key of NAME.p12 in PEM. */
    public static String keyPem(Path directory, String name) throws IOException, GeneralSecurityException {
        return pem("PRIVATE KEY", key(directory, name).getEncoded());
    }

    public static X509Certificate certificate(Path directory, String name) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(directory.resolve(name + ".pem"))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** @param shown the name of the certificate that the client shows; null for none */
    public static HttpClient client(Path directory, String shown) throws IOException, GeneralSecurityException {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context(directory, shown)).build();
    }

    /** Trusts every certificate in the directory, *.pem. */
    private static SSLContext context(Path directory, String shown) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".pem")).toList()) {
                if (Files.readString(file).contains("CERTIFICATE")) {
                    trusted.setCertificateEntry(file.getFileName().toString(), certificate(directory, file.getFileName().toString().replace(".pem", "")));
                }
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(shown == null ? null : KeyStore.getInstance(directory.resolve(shown + ".p12").toFile(), TestCertificates.PASSWORD.toCharArray()),
                TestCertificates.PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown == null ? null : new KeyManager[] {new Shown((X509ExtendedKeyManager) keys.getKeyManagers()[0], shown)}, trust.getTrustManagers(), null);
        return context;
    }

    /** Shows its certificate to every server, one that does not know who signed it, too. */
    private static final class Shown extends X509ExtendedKeyManager {

        private final X509ExtendedKeyManager keys;
        private final String alias;

        Shown(X509ExtendedKeyManager keys, String alias) {
            this.keys = keys;
            this.alias = alias;
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return alias;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return alias;
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {alias};
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return keys.getServerAliases(type, issuers);
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return keys.chooseServerAlias(type, issuers, socket);
        }

        @Override
        public X509Certificate[] getCertificateChain(String name) {
            return keys.getCertificateChain(name);
        }

        @Override
        public PrivateKey getPrivateKey(String name) {
            return keys.getPrivateKey(name);
        }
    }

    /** An open connection, by one version of TLS. */
    public static SSLSocket connect(Path directory, int port, String... protocols) throws IOException, GeneralSecurityException {
        SSLSocket socket = (SSLSocket) context(directory, null).getSocketFactory().createSocket("localhost", port);
        socket.setSoTimeout(60_000);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.startHandshake();
        return socket;
    }

    /** The common name of the certificate that a new connection is shown. */
    public static String shown(Path directory, int port) {
        try (SSLSocket socket = connect(directory, port)) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The first line of the answer to a GET; the connection stays open. */
    public static String get(SSLSocket socket, String path) throws IOException {
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        InputStream in = new BufferedInputStream(socket.getInputStream());
        // Either of the two ways in which an answer ends.
        while (!isWhole(answer)) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed behind " + answer.length() + " bytes");
            }
            answer.append((char) next);
        }
        return answer.toString().lines().findFirst().orElseThrow();
    }

    private static boolean isWhole(StringBuilder answer) {
        int end = answer.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        Matcher length = Pattern.compile("(?i)content-length: ([0-9]+)").matcher(answer.substring(0, end));
        return length.find() ? answer.length() == end + 4 + Integer.parseInt(length.group(1)) : answer.substring(answer.length() - 7).equals("\r\n0\r\n\r\n");
    }
    /**
     * What a server answers to a client that knows no later version than this one. JDK and OpenSSL refuse to begin with an old one by
     * themselves, so the bytes are written here.
     *
     * @param minor 2 for TLS 1.1, 3 for TLS 1.2
     * @return the type of the first record, 22 where the server goes on and 21 for an alert, and the alert's number or 0
     */
    public static List<Integer> answerToHello(int port, int minor) throws IOException {
        byte[] extensions = bytes("000a00040002 0017  000b00020100  000d000400020403");
        byte[] suites = bytes("c02b c009 c013 002f");
        int length = 2 + 32 + 1 + 2 + suites.length + 2 + 2 + extensions.length;
        java.io.ByteArrayOutputStream hello = new java.io.ByteArrayOutputStream();
        hello.write(new byte[] {22, 3, 1, 0, (byte) (length + 4), 1, 0, 0, (byte) length, 3, (byte) minor});
        hello.write(new byte[32]);
        hello.write(new byte[] {0, 0, (byte) suites.length});
        hello.write(suites);
        hello.write(new byte[] {1, 0, 0, (byte) extensions.length});
        hello.write(extensions);
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            out.write(hello.toByteArray());
            out.flush();
            byte[] record = socket.getInputStream().readNBytes(7);
            return record.length < 7 ? List.of() : List.of((int) record[0], record[0] == 21 ? (int) record[6] : 0);
        }
    }

    private static byte[] bytes(String hex) {
        return java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}

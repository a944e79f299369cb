package io.smsbridge;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;

/** Certificates that a test makes for itself. */
public final class TestCertificates {

    public static final String PASSWORD = "5ecret-store";

    private TestCertificates() {
    }

    /** A PKCS12 file NAME.p12 with a new key, whose certificate vouches for itself, and the certificate alone as NAME.pem. */
    public static Path make(Path directory, String name, String host) throws IOException, InterruptedException, GeneralSecurityException {
        return make(directory, name, host, PASSWORD);
    }

    /** The same, with a password of its own. */
    public static Path make(Path directory, String name, String host, String password) throws IOException, InterruptedException, GeneralSecurityException {
        Path file = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-J-XX:TieredStopAtLevel=1",
                "-genkeypair", "-keyalg", "EC", "-alias", name, "-dname", "CN=" + name, "-ext", "san=dns:" + host, "-validity", "3650", "-storetype", "PKCS12",
                "-keystore", file.toString(), "-storepass", password)).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        if (keytool.waitFor() != 0) {
            throw new AssertionError(said);
        }
        Files.writeString(directory.resolve(name + ".pem"), "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate(file, name, password).getEncoded()) + "\n-----END CERTIFICATE-----\n");
        return file;
    }

    private static Certificate certificate(Path file, String name, String password) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(file.toFile(), password.toCharArray()).getCertificate(name);
    }

    /** A PKCS12 file with the certificate of NAME.p12 alone. */
    public static Path trusting(Path directory, String name) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(name, certificate(directory.resolve(name + ".p12"), name, PASSWORD));
        Path file = directory.resolve("trusting-" + name + ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }
}

package io.smsbridge.outgoing;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLSocket;

import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.ssl.SSLContextBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS towards one downstream, with a certificate of the bridge's own, or a private CA's. Certificate and host name are always verified.
 * Files are read again when they change, so that a renewed certificate needs no restart.
 */
final class ClientTls implements TlsSocketStrategy {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.outgoing");

    private final Store key;
    private final Store trust;
    private List<FileTime> read;
    private TlsSocketStrategy current;

    /**
     * @param key   the bridge's own certificate and private key; null for none
     * @param trust the CAs that may vouch for the downstream; null for Java's
     */
    ClientTls(Store key, Store trust) throws IOException, GeneralSecurityException {
        this.key = key;
        this.trust = trust;
        read = modified();
        current = load();
    }

    /** A file of keys or certificates: PKCS12 or JKS with a password, or, for CAs, PEM. */
    record Store(Path file, char[] password) {

        KeyStore load() throws IOException, GeneralSecurityException {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains("-----BEGIN CERTIFICATE-----") ? pem() : KeyStore.getInstance(file.toFile(), password);
        }

        private KeyStore pem() throws IOException, GeneralSecurityException {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            try (InputStream in = Files.newInputStream(file)) {
                for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    store.setCertificateEntry("ca-" + store.size(), certificate);
                }
            }
            return store;
        }

        /** Without the password. */
        @Override
        public String toString() {
            return file.toString();
        }
    }

    private List<FileTime> modified() throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (Store store : new Store[] {key, trust}) {
            times.add(store == null ? null : Files.getLastModifiedTime(store.file()));
        }
        return times;
    }

    private TlsSocketStrategy load() throws IOException, GeneralSecurityException {
        SSLContextBuilder builder = SSLContextBuilder.create();
        if (key != null) {
            builder.loadKeyMaterial(key.load(), key.password());
        }
        if (trust != null) {
            builder.loadTrustMaterial(trust.load(), null);
        }
        return new DefaultClientTlsStrategy(builder.build());
    }

    private synchronized TlsSocketStrategy current() {
        try {
            List<FileTime> now = modified();
            if (!now.equals(read)) {
                current = load();
                read = now;
                LOG.info("read again, as they have changed: {} {}", key == null ? "" : key, trust == null ? "" : trust);
            }
        } catch (IOException | GeneralSecurityException e) {
            // Half written, perhaps; what was read before goes on.
            LOG.warn("changed, and can't be read now: {} {}: {}", key == null ? "" : key, trust == null ? "" : trust, e.toString());
        }
        return current;
    }

    @Override
    public SSLSocket upgrade(Socket socket, String host, int port, Object attachment, HttpContext context) throws IOException {
        return current().upgrade(socket, host, port, attachment, context);
    }
}

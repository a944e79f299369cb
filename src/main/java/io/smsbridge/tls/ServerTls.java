package io.smsbridge.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import javax.net.ssl.TrustManagerFactory;

import io.smsbridge.settings.InvalidSettings;
import io.smsbridge.settings.Settings;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.TrustOptions;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.SecureSocketProtocolsParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of one server. Its files are looked at every few seconds: what has changed counts for new connections from then on, and open ones
 * go on. A pair that does not belong together, as while one of two files is written, is left alone until it does.
 */
public final class ServerTls implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.tls");
    private static final Set<String> PROTOCOLS = new LinkedHashSet<>(List.of("TLSv1.2", "TLSv1.3"));
    private static final long LOOK_EVERY = 3_000;

    private final TlsFiles files;
    private final ScheduledExecutorService watch;
    private volatile TlsIdentity identity;
    private byte[] seen;

    private ServerTls(TlsFiles files) {
        this.files = files;
        // Before they are loaded: what changes in between is then loaded again.
        seen = contents();
        identity = files.load();
        watch = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, files.server() + "-tls-renewal");
            thread.setDaemon(true);
            return thread;
        });
        if (certificate().getNotAfter().before(new Date())) {
            LOG.warn("{}.tlsCertificate: {} has expired on {}; most callers refuse it", files.server(), files.certificate(), certificate().getNotAfter().toInstant());
        }
    }

    /**
     * @param server http or management, by which its settings begin
     * @param home   where relative paths start
     * @return null where the server has no certificate
     * @throws InvalidSettings with one line that names the setting and the cure
     */
    public static ServerTls open(Settings settings, String server, Path home) {
        TlsFiles files = TlsFiles.of(settings, server, home);
        return files == null ? null : new ServerTls(files);
    }

    /** Has the server speak TLS from its start on. */
    public void applyTo(HttpServerOptions options) {
        TlsIdentity now = identity;
        options.setSsl(true).setKeyCertOptions(KeyCertOptions.wrap(now.keyManagers())).setEnabledSecureTransportProtocols(PROTOCOLS);
        TrustManagerFactory trust = now.clientTrust();
        if (trust != null) {
            // Not required of everyone: callers who send have none.
            options.setTrustOptions(TrustOptions.wrap(trust)).setClientAuth(ClientAuth.REQUEST);
        }
    }

    /** The same for a server that Camel starts. */
    public SSLContextParameters parameters() {
        KeyStoreParameters store = new KeyStoreParameters();
        store.setKeyStore(identity.keyStore());
        KeyManagersParameters keys = new KeyManagersParameters();
        keys.setKeyStore(store);
        keys.setKeyPassword(new String(TlsIdentity.password()));
        SSLContextParameters parameters = new SSLContextParameters();
        parameters.setKeyManagers(keys);
        SecureSocketProtocolsParameters protocols = new SecureSocketProtocolsParameters();
        protocols.setSecureSocketProtocol(List.copyOf(PROTOCOLS));
        parameters.setSecureSocketProtocols(protocols);
        return parameters;
    }

    /** From now on the running server is given what the files hold. */
    public void renew(Supplier<HttpServer> server) {
        update(server.get());
        watch.scheduleWithFixedDelay(() -> look(server), LOOK_EVERY, LOOK_EVERY, TimeUnit.MILLISECONDS);
    }

    /** The certificate that is shown at present. */
    public X509Certificate certificate() {
        return identity.certificate();
    }

    /** Whether clients are asked for a certificate. */
    public boolean asksClients() {
        return files.clientCas() != null;
    }

    private void look(Supplier<HttpServer> server) {
        byte[] found = contents();
        if (found == null || Arrays.equals(found, seen)) {
            return;
        }
        seen = found;
        try {
            identity = files.load();
            update(server.get());
            LOG.info("{}: a renewed certificate counts for new connections: {}, valid until {}", files.server(), identity, certificate().getNotAfter().toInstant());
        } catch (InvalidSettings e) {
            LOG.warn("{}; the certificate from before stays in use", e.getMessage());
        } catch (RuntimeException e) {
            // The next look must come in any case.
            LOG.error("{}: the renewed certificate can't be used; the one from before stays in use", files.server(), e);
        }
    }

    private void update(HttpServer server) {
        if (server != null) {
            TlsIdentity now = identity;
            SSLOptions options = new SSLOptions().setKeyCertOptions(KeyCertOptions.wrap(now.keyManagers())).setEnabledSecureTransportProtocols(PROTOCOLS);
            TrustManagerFactory trust = now.clientTrust();
            if (trust != null) {
                options.setTrustOptions(TrustOptions.wrap(trust));
            }
            server.updateSSLOptions(options, true).onFailure(e -> LOG.error("{}: the renewed certificate can't be used", files.server(), e));
        }
    }

    /** Null while they can't be read: a mounted secret is away for a moment when it changes. */
    private byte[] contents() {
        try {
            return files.contents();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}

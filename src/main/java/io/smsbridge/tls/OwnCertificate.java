package io.smsbridge.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;

import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.apache.hc.client5.http.ssl.DefaultHostnameVerifier;

/**
 * Lets the sandbox call this process by https://localhost: the bridge's own certificate, which names another host, is known as it is. Any
 * other is checked as always.
 */
public final class OwnCertificate extends X509ExtendedTrustManager {

    /** The bean that https calls take their TLS from, where it is bound. */
    public static final String TRUST = "own-certificate-trust";

    private final ServerTls own;
    private final X509ExtendedTrustManager others;

    private OwnCertificate(ServerTls own) throws GeneralSecurityException {
        this.own = own;
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        others = (X509ExtendedTrustManager) Arrays.stream(factory.getTrustManagers()).filter(X509ExtendedTrustManager.class::isInstance).findFirst().orElseThrow();
    }

    /** Where clients are asked for a certificate, the sandbox's Infobip shows the bridge's own. */
    public static void trustBy(CamelContext context, ServerTls own) {
        OwnCertificate trust;
        try {
            trust = new OwnCertificate(own);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + TrustManagerFactory.getDefaultAlgorithm(), e);
        }
        TrustManagersParameters managers = new TrustManagersParameters();
        managers.setTrustManager(trust);
        SSLContextParameters parameters = own.asksClients() ? own.parameters() : new SSLContextParameters();
        parameters.setTrustManagers(managers);
        HostnameVerifier usual = new DefaultHostnameVerifier();
        context.getRegistry().bind(TRUST, parameters);
        context.getComponent("https", HttpComponent.class).setX509HostnameVerifier((host, session) -> host.equals("localhost") && trust.shownBy(session) || usual.verify(host, session));
    }

    private boolean shownBy(SSLSession session) {
        try {
            return session.getPeerCertificates()[0].equals(own.certificate());
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }

    private boolean isOwn(X509Certificate[] chain) {
        return chain.length > 0 && chain[0].equals(own.certificate());
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        if (!isOwn(chain)) {
            others.checkServerTrusted(chain, type, socket);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        if (!isOwn(chain)) {
            others.checkServerTrusted(chain, type, engine);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        if (!isOwn(chain)) {
            others.checkServerTrusted(chain, type);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        others.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        others.checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        others.checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return others.getAcceptedIssuers();
    }
}

package io.smsbridge.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a server shows, and whom it knows.
 *
 * @param chain     its certificate, and those by which that is signed
 * @param clientCas by which clients' certificates have to be signed; empty: clients are not asked for one
 */
record TlsIdentity(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientCas) {

    private static final char[] PASSWORD = "in-memory".toCharArray();

    X509Certificate certificate() {
        return chain.get(0);
    }

    /** Whether the key is the certificate's: what one signs the other confirms. */
    boolean matches() throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
        if (!key.getAlgorithm().equals(certificate().getPublicKey().getAlgorithm())) {
            return false;
        }
        byte[] probe = {1, 2, 3};
        Signature sign = Signature.getInstance(algorithm);
        sign.initSign(key);
        sign.update(probe);
        Signature verify = Signature.getInstance(algorithm);
        verify.initVerify(certificate().getPublicKey());
        verify.update(probe);
        try {
            return verify.verify(sign.sign());
        } catch (SignatureException e) {
            // So it is for keys of different lengths.
            return false;
        }
    }

    KeyStore keyStore() {
        try {
            KeyStore store = empty();
            store.setKeyEntry("bridge", key, PASSWORD, chain.toArray(X509Certificate[]::new));
            return store;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no PKCS12", e);
        }
    }

    static char[] password() {
        return PASSWORD.clone();
    }

    KeyManagerFactory keyManagers() {
        try {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keyStore(), PASSWORD);
            return factory;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + KeyManagerFactory.getDefaultAlgorithm(), e);
        }
    }

    /** Null where clients are not asked for a certificate. */
    TrustManagerFactory clientTrust() {
        if (clientCas.isEmpty()) {
            return null;
        }
        try {
            KeyStore store = empty();
            for (int i = 0; i < clientCas.size(); i++) {
                store.setCertificateEntry("ca-" + i, clientCas.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + TrustManagerFactory.getDefaultAlgorithm(), e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return store;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return certificate().getSubjectX500Principal().getName();
    }
}

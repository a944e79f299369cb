package io.smsbridge.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.X509KeyManager;

import io.smsbridge.settings.InvalidSettings;
import io.smsbridge.settings.Settings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;

/**
 * The files that a server's TLS settings name: PEM, or PKCS12 where the certificate's file ends in .p12 or .pfx.
 *
 * @param server      http or management, by which its settings begin
 * @param key         null: the key is in the certificate's file
 * @param password    of the PKCS12 file or of an encrypted key; empty for none
 * @param clientCas   null: clients are not asked for a certificate
 */
record TlsFiles(String server, Path certificate, Path key, String password, Path clientCas) {

    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    /** Null where the server has no certificate, and speaks no TLS. Error: InvalidSettings where other settings say that it should. */
    static TlsFiles of(Settings settings, String server, Path home) {
        String certificate = settings.get(server + ".tlsCertificate");
        if (certificate.isEmpty()) {
            List<String> others = Stream.of("tlsKey", "tlsClientCas").map(name -> server + "." + name).filter(key -> !settings.get(key).isEmpty()).toList();
            if (!others.isEmpty()) {
                throw new InvalidSettings(List.of(server + ".tlsCertificate: missing, and " + String.join(" and ", others) + " is set; give the certificate's file"));
            }
            return null;
        }
        return new TlsFiles(server, home.resolve(certificate), path(settings, server + ".tlsKey", home), settings.get(server + ".tlsPassword"),
                path(settings, server + ".tlsClientCas", home));
    }

    private static Path path(Settings settings, String key, Path home) {
        String file = settings.get(key);
        return file.isEmpty() ? null : home.resolve(file);
    }

    /** What is in all of them at this moment, to see whether anything has changed. */
    byte[] contents() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path file : Stream.of(certificate, key, clientCas).filter(one -> one != null).toList()) {
            all.write(Files.readAllBytes(file));
        }
        return all.toByteArray();
    }

    /** Error: InvalidSettings, one line that names the setting, the file and the cure. */
    TlsIdentity load() {
        boolean store = certificate.toString().toLowerCase(Locale.ROOT).matches(".*\\.(p12|pfx)");
        if (store && key != null) {
            throw problem("tlsKey", "not together with a PKCS12 file, which holds the key, too; take it out", null);
        }
        List<X509Certificate> cas = clientCas == null ? List.of() : certificates("tlsClientCas", clientCas);
        List<X509Certificate> chain = store ? List.of() : certificates("tlsCertificate", certificate);
        TlsIdentity identity = store ? fromStore(cas) : new TlsIdentity(privateKey(), chain, cas);
        try {
            if (!identity.matches()) {
                throw problem(store || key == null ? "tlsCertificate" : "tlsKey", "is not the key of the certificate in " + certificate + "; give the pair that belongs together", null);
            }
        } catch (GeneralSecurityException e) {
            throw problem("tlsCertificate", "has a key of a kind that is not known; give RSA or EC", e);
        }
        return identity;
    }

    private TlsIdentity fromStore(List<X509Certificate> cas) {
        byte[] bytes = read("tlsCertificate", certificate);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), password.toCharArray());
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    return new TlsIdentity((PrivateKey) store.getKey(alias, password.toCharArray()), x509(List.of(store.getCertificateChain(alias))), cas);
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw e.getCause() instanceof java.security.UnrecoverableKeyException
                    ? problem("tlsPassword", "is not the password of " + certificate, null) : problem("tlsCertificate", certificate + " is no PKCS12 file", e);
        }
        throw problem("tlsCertificate", certificate + " holds no private key; export it together with its key", null);
    }

    private List<X509Certificate> certificates(String setting, Path file) {
        byte[] bytes = read(setting, file);
        // The factory reads nothing but certificates, and a key may stand beside them.
        StringBuilder pem = new StringBuilder();
        PEM.matcher(new String(bytes, StandardCharsets.ISO_8859_1)).results().filter(block -> block.group(1).endsWith("CERTIFICATE"))
                .forEach(block -> pem.append(block.group()).append('\n'));
        if (pem.isEmpty()) {
            throw problem(setting, file + " holds no certificate in PEM, -----BEGIN CERTIFICATE-----", null);
        }
        try {
            return x509(CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem.toString().getBytes(StandardCharsets.ISO_8859_1))));
        } catch (GeneralSecurityException e) {
            throw problem(setting, file + " holds a certificate that can't be read", e);
        }
    }

    private static List<X509Certificate> x509(Iterable<? extends Certificate> certificates) {
        List<X509Certificate> all = new java.util.ArrayList<>();
        certificates.forEach(one -> all.add((X509Certificate) one));
        return List.copyOf(all);
    }

    private PrivateKey privateKey() {
        Path file = key == null ? certificate : key;
        String setting = key == null ? "tlsCertificate" : "tlsKey";
        String text = new String(read(setting, file), StandardCharsets.ISO_8859_1);
        Matcher block = PEM.matcher(text);
        while (block.find()) {
            if (block.group(1).equals("ENCRYPTED PRIVATE KEY")) {
                return decrypted(file, block.group(2));
            } else if (block.group(1).equals("PRIVATE KEY")) {
                try {
                    return rsaOrEc(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(2))));
                } catch (GeneralSecurityException | IllegalArgumentException e) {
                    throw problem(setting, file + " holds a key that can't be read, or is neither RSA nor EC", e);
                }
            } else if (block.group(1).endsWith("PRIVATE KEY")) {
                return plain(setting, file, block.group());
            }
        }
        throw problem(setting, file + " holds no private key in PEM, -----BEGIN PRIVATE KEY-----" + (key == null ? "; give its file as " + server + ".tlsKey" : ""), null);
    }

    /** Vert.x reads the forms of RSA and EC keys that there are besides PKCS8, together with their certificate. */
    private PrivateKey plain(String setting, Path file, String pem) {
        try {
            X509KeyManager keys = (X509KeyManager) new PemKeyCertOptions().setKeyValue(Buffer.buffer(pem)).setCertValue(Buffer.buffer(Files.readAllBytes(certificate)))
                    .getKeyManagerFactory(null).getKeyManagers()[0];
            for (String type : List.of("RSA", "EC")) {
                String[] aliases = keys.getServerAliases(type, null);
                if (aliases != null) {
                    return keys.getPrivateKey(aliases[0]);
                }
            }
            throw problem(setting, file + " holds a key that is neither RSA nor EC", null);
        } catch (InvalidSettings e) {
            throw e;
        } catch (Exception e) {
            throw problem(setting, file + " holds a key that can't be read", e);
        }
    }

    private PrivateKey decrypted(Path file, String base64) {
        if (password.isEmpty()) {
            throw problem("tlsPassword", "missing; the key in " + file + " is encrypted", null);
        }
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(Base64.getMimeDecoder().decode(base64));
            // For PBES2, as OpenSSL writes it, the parameters name the algorithm.
            String algorithm = info.getAlgName().equals("PBES2") || info.getAlgName().equals("1.2.840.113549.1.5.13") ? info.getAlgParameters().toString() : info.getAlgName();
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())), info.getAlgParameters());
            return rsaOrEc(info.getKeySpec(cipher));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw problem("tlsPassword", "is not the password of the key in " + file, e);
        }
    }

    private static PrivateKey rsaOrEc(PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(spec);
        } catch (GeneralSecurityException e) {
            return KeyFactory.getInstance("EC").generatePrivate(spec);
        }
    }

    private byte[] read(String setting, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw problem(setting, file + " does not exist", null);
        } catch (IOException e) {
            throw problem(setting, file + " can't be read", e);
        }
    }

    private InvalidSettings problem(String setting, String what, Exception why) {
        String said = why == null ? "" : why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage().lines().findFirst().orElse("");
        return new InvalidSettings(List.of(server + "." + setting + ": " + what + (said.isEmpty() ? "" : " (" + said + ")")));
    }

    /** Without the password. */
    @Override
    public String toString() {
        return server + " " + certificate;
    }
}

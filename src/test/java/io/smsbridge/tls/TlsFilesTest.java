package io.smsbridge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

import io.smsbridge.FreePort;
import io.smsbridge.TestBridge;
import io.smsbridge.TestCertificates;
import io.smsbridge.TestTls;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of a certificate: what is read, and what a user gets to read who has given the wrong ones. */
class TlsFilesTest {

    @TempDir
    static Path files;
    @TempDir
    Path home;

    @BeforeAll
    static void make() throws Exception {
        for (String name : List.of("server", "other")) {
            TestCertificates.make(files, name, "localhost");
        }
        Files.writeString(files.resolve("server.key"), TestTls.keyPem(files, "server"));
        Files.writeString(files.resolve("other.key"), TestTls.keyPem(files, "other"));
        Files.writeString(files.resolve("both.crt"), Files.readString(files.resolve("server.key")) + Files.readString(files.resolve("server.pem")));
        Files.writeString(files.resolve("encrypted.key"), encrypted(TestTls.key(files, "server").getEncoded()));
        TestCertificates.trusting(files, "server");
        Files.writeString(files.resolve("text.crt"), "no certificate");
        Files.writeString(files.resolve("broken.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Files.writeString(files.resolve("text.p12"), "no store");
        byte[] rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate().getEncoded();
        Files.writeString(files.resolve("rsa.key"), TestTls.pem("PRIVATE KEY", rsa));
        // PKCS1 is what PKCS8 holds behind its head of 26 bytes.
        Files.writeString(files.resolve("pkcs1.key"), TestTls.pem("RSA PRIVATE KEY", Arrays.copyOfRange(rsa, 26, rsa.length)));
    }

    /** As openssl pkcs8 -topk8 writes it. */
    private static String encrypted(byte[] key) throws Exception {
        String algorithm = "PBEWithHmacSHA256AndAES_256";
        SecretKey secret = SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec("5ecret-key-password".toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret, new PBEParameterSpec("saltsalt".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 2048));
        byte[] content = cipher.doFinal(key);
        // Under this name Java writes the algorithm's number that openssl writes, too.
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
        parameters.init(cipher.getParameters().getEncoded());
        return TestTls.pem("ENCRYPTED PRIVATE KEY", new EncryptedPrivateKeyInfo(parameters, content).getEncoded());
    }

    private static String settings(String tls) {
        return """
                account.main.baseUrl=http://localhost:1
                account.main.apiKey=k
                """ + tls.replace(';', '\n').replace("FILES", files.toString()) + "\n";
    }

    private List<String> problems(String tls) throws Exception {
        Files.copy(files.resolve("server.pem"), home.resolve("server.pem"));
        Throwable error = catchThrowable(() -> new TestBridge(home, settings(tls)).close());
        return error instanceof Exception e ? TestBridge.problems(e) : List.of();
    }

    @ParameterizedTest
    @CsvSource({"http.tlsCertificate=FILES/server.pem;http.tlsKey=FILES/server.key", "http.tlsCertificate=FILES/both.crt",
        "http.tlsCertificate=FILES/server.p12;http.tlsPassword=5ecret-store", "http.tlsCertificate=server.pem;http.tlsKey=FILES/encrypted.key;http.tlsPassword=5ecret-key-password"})
    void isRead(String tls) throws Exception {
        Files.copy(files.resolve("server.pem"), home.resolve("server.pem"));
        try (TestBridge bridge = new TestBridge(home, settings(tls))) {
            assertThat(bridge.get("/openapi.json").statusCode()).isEqualTo(200);
            assertThat(TestTls.shown(home, bridge.port)).isEqualTo("CN=server");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "http.tlsCertificate=/nowhere/server.pem | http.tlsCertificate: /nowhere/server.pem does not exist",
        "http.tlsCertificate=FILES/text.crt;http.tlsKey=FILES/server.key | http.tlsCertificate: FILES/text.crt holds no certificate in PEM",
        "http.tlsCertificate=FILES/broken.crt;http.tlsKey=FILES/server.key | http.tlsCertificate: FILES/broken.crt holds a certificate that can't be read",
        "http.tlsCertificate=FILES/server.pem | http.tlsCertificate: FILES/server.pem holds no private key in PEM, -----BEGIN PRIVATE KEY-----; give its file as http.tlsKey",
        "http.tlsCertificate=FILES/server.pem;http.tlsKey=FILES/other.key | http.tlsKey: is not the key of the certificate in FILES/server.pem; give the pair that belongs together",
        "http.tlsCertificate=FILES/server.pem;http.tlsKey=FILES/rsa.key | http.tlsKey: is not the key of the certificate in FILES/server.pem",
        "http.tlsCertificate=FILES/server.pem;http.tlsKey=FILES/pkcs1.key | http.tlsKey: FILES/pkcs1.key holds a key that can't be read (private key algorithm does not match",
        "http.tlsCertificate=FILES/server.pem;http.tlsKey=FILES/encrypted.key | http.tlsPassword: missing; the key in FILES/encrypted.key is encrypted",
        "http.tlsCertificate=FILES/server.pem;http.tlsKey=FILES/encrypted.key;http.tlsPassword=wr0ng | http.tlsPassword: is not the password of the key in FILES/encrypted.key",
        "http.tlsCertificate=FILES/server.p12;http.tlsPassword=wr0ng | http.tlsPassword: is not the password of FILES/server.p12",
        "http.tlsCertificate=FILES/text.p12 | http.tlsCertificate: FILES/text.p12 is no PKCS12 file",
        "http.tlsCertificate=FILES/trusting-server.p12;http.tlsPassword=5ecret-store | http.tlsCertificate: FILES/trusting-server.p12 holds no private key",
        "http.tlsCertificate=FILES/server.p12;http.tlsPassword=5ecret-store;http.tlsKey=FILES/server.key | http.tlsKey: not together with a PKCS12 file",
        "http.tlsCertificate=FILES/both.crt;http.tlsClientCas=FILES/text.crt | http.tlsClientCas: FILES/text.crt holds no certificate in PEM",
        "http.tlsKey=FILES/server.key | http.tlsCertificate: missing, and http.tlsKey is set; give the certificate's file"})
    void isToldInOneLine(String tls, String problem) throws Exception {
        assertThat(problems(tls)).singleElement().asString().startsWith(problem.replace("FILES", files.toString())).doesNotContain("\n").doesNotContain("wr0ng")
                .doesNotContain("5ecret");
    }

    @Test
    void ofTheManagementPortToo() throws Exception {
        assertThat(problems("management.port=" + FreePort.find() + ";management.tlsCertificate=FILES/text.crt;management.tlsKey=FILES/server.key"))
                .singleElement().asString().startsWith("management.tlsCertificate: " + files + "/text.crt holds no certificate in PEM");
    }
}

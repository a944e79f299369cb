package io.smsbridge.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

import io.smsbridge.TestBridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user gets to read who has made a mistake in the settings: one line for each, with the key and the cure. */
class SettingsCheckTest {

    private static final String GOOD = """
            account.main.baseUrl=https://abc.api.infobip.com
            account.main.apiKey=k-secret
            sms.default-account=main
            downstream.crm.url=https://crm.example.com/hook
            http.host=127.0.0.1
            """;

    @TempDir
    Path home;

    private java.util.List<String> problems(String settings, String... maps) {
        return problems(home, settings, maps);
    }

    private static java.util.List<String> problems(Path home, String settings, String... maps) {
        Throwable error = catchThrowable(() -> new TestBridge(home, settings, maps).close());
        java.util.List<String> problems = TestBridge.problems(error);
        if (error != null && problems.isEmpty()) {
            throw new AssertionError("not explained", error);
        }
        return problems;
    }

    @Test
    void aDownstreamHasOneWayToAuthenticateAndTlsForItsCertificates() {
        assertThat(problems(GOOD + """
                downstream.crm.oauth2TokenUrl=https://login.example.com/token
                downstream.crm.oauth2ClientId=bridge
                downstream.crm.oauth2ClientSecret=s
                downstream.crm.bearerToken=t
                downstream.plain.url=http://crm.example.com/
                downstream.plain.trustStore=ca.pem
                """)).containsExactlyInAnyOrder("downstream.crm.oauth2TokenUrl: give either this or bearerToken, not both",
                "downstream.plain.url: has to begin with https://, as trustStore is given");
    }

    @Test
    void goodSettingsHaveNoProblem() {
        assertThat(problems(GOOD)).isEmpty();
    }

    @Test
    void whatOnlyAWebServerHasIsNotForACamelEndpoint() {
        assertThat(problems(GOOD + "downstream.b.url=file:out\ndownstream.b.bearerToken=k-secret\ndownstream.b.responseTimeout=5000\n")).containsExactly(
                "downstream.b.bearerToken: is for http and https; take it out, and give what the component file has for it as an option of the url",
                "downstream.b.responseTimeout: is for http and https; take it out, and give what the component file has for it as an option of the url");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "account.main.region=india | account.main.principalEntityId: missing; your Principal Entity ID from the DLT portal; region=india needs it",
        "account.main.region=mars | account.main.region: 'mars' is none of india, south-korea, turkey",
        "account.main.clickTracking=custom-domain | account.main.customDomain: missing; the domain verified in Infobip's portal; clickTracking=custom-domain needs it",
        "account.main.clickTracking=on | account.main.clickTracking: 'on' is none of custom-domain, default-domain, off",
        "account.main.brandCode=12x | account.main.brandCode: '12x' has to be a whole number from -2147483648 to 2147483647",
        "account.main.brandCode=1.5E+3 | account.main.brandCode: '1.5E+3' has to be a whole number from -2147483648 to 2147483647",
        "account.main.brandCode=\u0661\u0662 | account.main.brandCode: '\u0661\u0662' has to be a whole number from -2147483648 to 2147483647",
        "account.main.templateId=1.10716E+18 | account.main.templateId: '1.10716E+18' has to be digits alone, as in the DLT portal, such as 1107161234567890123",
        "account.main.principalEntityId=1101 1 | account.main.principalEntityId: '1101 1' has to be digits alone, as in the DLT portal, such as 1107161234567890123",
        "account.main.telemarketerId=TM1 | account.main.telemarketerId: 'TM1' has to be digits alone, as in the DLT portal, such as 1107161234567890123",
        "account.main.sender=4.47701E+11 | account.main.sender: '4.47701E+11' is a rounded number; give all its digits",
        "account.main.defaultCountry=India | account.main.defaultCountry: 'India' is no country's ISO 3166 code, such as IN or DE",
        "account.main.defaultCountry=+91 | account.main.defaultCountry: '+91' is no country's ISO 3166 code, such as IN or DE",
        "account.main.allowedCountries=IN,England | account.main.allowedCountries: 'ENGLAND' is no country's ISO 3166 code; separate several by commas, such as IN,DE",
        "account.main.recipientsPerDay=0 | account.main.recipientsPerDay: '0' has to be a whole number from 1 to 1000000000",
        "account.main.messagesPerRecipientAndHour=few | account.main.messagesPerRecipientAndHour: 'few' has to be a whole number from 1 to 1000000",
        "account.main.recipientType=PERSON | account.main.recipientType: 'PERSON' is none of BIREYCEL, BIREYSEL, TACIR",
        "account.main.publicUrl=sms.example.com | account.main.publicUrl: 'sms.example.com' is no http or https URL",
        "downstream.echo.url=http://localhost:{{http.port}}/sandbox/downstream/x | downstream.echo.url: is the sandbox's echo, and the sandbox is off; give an endpoint of yours, or take the block out",
        "account.main.stopWords=STOP,yes | account.main.startWords: 'YES' is also in stopWords; keep one",
        "account.main.helpWords=... | account.main.helpWords: '...' has no letter or digit",
        "ledger.url=jdbc:mysql://x | ledger.url: has to begin with jdbc:postgresql:// or jdbc:sqlite:, or be empty for a file in data.directory",
        "ledger.retention=1d | ledger.retention: '1d' is less than 2d, and Infobip may repeat what it said",
        "ledger.deadLetterRetention=1h | ledger.deadLetterRetention: '1h' is less than 1d, and somebody has to have time to handle them; 0s keeps them until then",
        "ledger.replyWindow=31d | ledger.replyWindow: '31d' is longer than ledger.retention, 30d",
        "optOut.enforce=yes | optOut.enforce: 'yes' is none of false, true",
        "account.main.messagesPerSecond=fast | account.main.messagesPerSecond: 'fast' has to be a whole number from 1 to 1000000",
        "account.main.deliveryTimeWindow=09:00-20:00 | account.main.deliveryTimeWindow: '09:00-20:00' has to be days and hours in UTC, at least one hour apart, such as MONDAY-FRIDAY 09:00-20:00",
        "account.main.priority=low | account.main.priority: 'low' is none of auto, high, normal",
        "data.maxSize=10 | data.maxSize: '10' is no size such as 500MB or 10GB, or 0 for no limit",
        "data.maxSize=100MB | data.maxSize: '100MB' is less than 200MB, and the log of what is written alone can take 100MB",
        "data.minFreeDisk=50MB | data.minFreeDisk: '50MB' is less than 200MB, and the log of what is written alone can take 100MB",
        "account.main.batchSize=0 | account.main.batchSize: '0' has to be a whole number from 1 to 10000",
        "account.main.retryDelay=soon | account.main.retryDelay: 'soon' is no duration such as 500ms, 5s, 10m or 24h",
        "downstream.crm.downAfter=-1 | downstream.crm.downAfter: '-1' has to be a whole number from 0 to 1000000",
        "downstream.crm.retryMaxAttempts=0 | downstream.crm.retryMaxAttempts: '0' has to be a whole number from 1 to 1000000",
        "downstream.crm.probeMaxDelay=long | downstream.crm.probeMaxDelay: 'long' is no duration such as 500ms, 5s, 10m or 24h",
        "account.main.pullInterval=often | account.main.pullInterval: 'often' is no duration such as 500ms, 5s, 10m or 24h",
        "account.main.pullInterval=500ms | account.main.pullInterval: '500ms' is less than 1s",
        "account.main.baseURL=https://x | account.main.baseURL: no such setting; baseUrl is meant?",
        "account.Main.baseUrl=https://x.api.infobip.com | account.Main.*: Main and main differ in case only; give one of them another name",
        "account.other.baseUrl=https://x.api.infobip.com | account.other.apiKey: missing; an API key of your Infobip account with the scope sms:message:send",
        "account.other.apiKey=k | account.other.baseUrl: missing; the base URL Infobip shows for your account, https://xxxxx.api.infobip.com",
        "account.main.sender={{env:NO_SUCH_VARIABLE}} | account.main.sender: the environment variable NO_SUCH_VARIABLE is not set",
        "account.main.apiKey=other | account.main.apiKey: written twice in application.properties; two blocks of one name? Give the second another name.",
        "downstream.crm.format=missing | downstream.crm.format: there is no map missing.jslt in routes/maps; there are ",
        "downstream.crm.events=delivered,opened | downstream.crm.events: 'opened' is none of clicked, delivered, failed, queued, replied, sent",
        "downstream.crm.headers=X-A: 1, nonsense | downstream.crm.headers: part 2 is not of the form Name: value",
        "downstream.crm.itemsPerPost=many | downstream.crm.itemsPerPost: 'many' has to be a whole number from 1 to 10000",
        "downstream.b.format=raw | downstream.b.url: missing; where events are posted to",
        "downstream.b.url=nothing | downstream.b.url: 'nothing' is no http or https URL",
        "downstream.b.url=ftp://x | downstream.b.url: there is no Camel component 'ftp'; put its jars into lib/ beside application.properties, or begin the URL with http:// or https://",
        "downstream.b.url=file:out?s=k-secret | downstream.b.url: 'file:out' can't be used: there is no option s",
        "downstream.b.url=file:out?charset=RAW(k-secret) | downstream.b.url: 'file:out' can't be used: ",
        "downstream.b.url=https://user:k-secret@crm.example.com/ | downstream.b.url: has a user or password before the host; take it out (a downstream has basicUsername and basicPassword for it)",
        "downstream.b.url=http://crm_hook:8080/ | downstream.b.url: 'http://crm_hook:8080/' has no host name of letters, digits, - and . after http://",
        "downstream.b.url=https://crm.example.com:77777/ | downstream.b.url: 'https://crm.example.com:77777/' has a port that is not from 1 to 65535",
        "downstream.b.url=https://crm.example.com/#hook | downstream.b.url: 'https://crm.example.com/#hook' has a #, and what follows it is never sent; take it out, or write %23",
        "downstream.b.url=https://crm.example.com/?sig=k-secret#a | downstream.b.url: 'https://crm.example.com/?...' has a #",
        "downstream.b.url=https://crm.example.com/a b | downstream.b.url: 'https://crm.example.com/a b' is no URL: Illegal character in path",
        "downstream.b.url=https://crm.example.com/\u00fc | downstream.b.url: 'https://crm.example.com/\u00fc' has characters beyond ASCII",
        "account.main.publicUrl=https://sms.example.com/?a=1 | account.main.publicUrl: has to end with the host or a path, without ? or #",
        "account.main.customDomain=https://go.example.com/ | account.main.customDomain: 'https://go.example.com/' has to be the domain alone, without https:// and /, such as go.example.com",
        "webhooks.token=a/b | webhooks.token: is part of a URL, and has to be letters, digits, . _ ~ and - only",
        "webhooks.token=a,b/c | webhooks.token: is part of a URL, and has to be letters, digits, . _ ~ and - only; of several, separated by commas, the first is given out",
        "webhooks.token=none,abc | webhooks.token: none stands alone, or not at all",
        "account.main.webhookBasic=k-secret | account.main.webhookBasic: part 1 is not of the form USER:PASSWORD; a comma separates parts",
        "webhooks.basic=infobip:0123456789abcdef,infobip:k-secret | webhooks.basic: part 2 has a secret of less than 16 characters; give a long random one",
        "account.main.webhookHeader=X Key: k-secret0123456789 | account.main.webhookHeader: part 1 is not of the form Name: value; a comma separates parts",
        "account.main.webhookSources=10.0.0.0/33 | account.main.webhookSources: '10.0.0.0/33' is no address or network such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32",
        "http.trustedProxies=proxy.example.com | http.trustedProxies: 'proxy.example.com' is no address or network such as",
        "account.main.webhookSignature=both | account.main.webhookSignature: 'both' has to begin with body or timestamp: what is signed",
        "account.main.webhookSignature=body sha3 | account.main.webhookSignature: 'sha3' is neither a header's name nor one of sha1, sha224, sha256, sha384, sha512",
        "account.main.webhookSignature=body | account.main.webhookSignatureSecret: missing; the secret that is entered in Infobip's portal, too",
        "account.main.webhookSignatureSecret=k-secret | account.main.webhookSignatureSecret: has a secret of less than 16 characters; give a long random one",
        "webhooks.signatureSecret=k-secret0123456789 | webhooks.signature: missing, and a secret is given; say what is signed, body or timestamp",
        "account.main.webhookSignatureMaxAge=3d | account.main.webhookSignatureMaxAge: only a signature of timestamp and body holds a time",
        "account.main.webhookSignatureMaxAge=old | account.main.webhookSignatureMaxAge: 'old' is no duration such as 500ms, 5s, 10m or 24h",
        "account.main.webhookClientCertificate=infobip | account.main.webhookClientCertificate: needs http.tlsCertificate, and http.tlsClientCas",
        "account.main.webhookUrls=both | account.main.webhookUrls: 'both' is none of message, subscription",
        "sms.apiKeyHeader=X API | sms.apiKeyHeader: 'X API' has to be the name of a header other than Authorization, such as X-API-Key",
        "sms.apiKeyHeader=authorization | sms.apiKeyHeader: 'authorization' has to be the name of a header other than Authorization",
        "sms.tokenLifetime=25h | sms.tokenLifetime: '25h' has to be from 1s to 24h",
        "sms.jwt.algorithm=HS256 | sms.jwt.algorithm: 'HS256' is none of ES256, ",
        "sms.jwt.issuer=https://login.example.com/ | sms.jwt.audience: missing; tokens of sms.jwt.issuer are taken for one audience",
        "sms.jwt.issuer=https://login.example.com/ | sms.jwt.keysUrl: '' is no http or https URL",
        "sandbox.clients=all | sandbox.clients: 'all' is none of any, loopback",
        "tracing.url=localhost:4318/v1/traces | tracing.url: 'localhost:4318/v1/traces' is no http or https URL",
        "tracing.url=http://localhost:4318 | tracing.url: 'http://localhost:4318' has to be a URL such as http://localhost:4318/v1/traces, or empty",
        "queue.url=tcp://broker:61616 | queue.url: no such setting; what waits is in the ledger, which bridges share by ledger.url",
        "queue.maxSize=10GB | queue.maxSize: no such setting; data.maxSize is meant?",
        "queue.consumers=4 | queue.consumers: no such setting",
        "ledger.url=jdbc:postgresql://localhost:port/bridge | ledger.url: is no URL that PostgreSQL's driver can read, such as jdbc:postgresql://host:5432/bridge",
        "ledger.url=jdbc:sqlite::memory: | ledger.url: names no file; a ledger in memory would be lost with the process",
        "sms.defaultAccount=main | sms.defaultAccount: no such setting; sms.default-account is meant?",
        "http.threads=x | http.threads: 'x' has to be a whole number from 1 to 10000",
        "sms.apiKey={{env:NO_SUCH_VARIABLE}} | sms.apiKey: the environment variable NO_SUCH_VARIABLE is not set",
        "webhooks.token={{no-such-file}} | webhooks.token: Property with key [no-such-file] not found",
        "console.password={{env:NO_SUCH_VARIABLE}} | console.password: the environment variable NO_SUCH_VARIABLE is not set",
        "account.other.apiKey=Bearer k-secret | account.other.apiKey: holds a space, or a character that no key has; give the key alone, which is sent as App KEY",
        "account.other.apiKey=k\u00a0secret | account.other.apiKey: holds a space, or a character that no key has",
        "account.other.apiKey=App | account.other.apiKey: missing; an API key of your Infobip account",
        "downstream.crm.bearerToken=Basic k-secret | downstream.crm.bearerToken: holds a space, or a character that no key has; give the token alone; for Basic give basicUsername and basicPassword",
        "downstream.crm.oauth2TokenUrl=http://login.example.com/token | downstream.crm.oauth2TokenUrl: has to begin with https:// (http only for localhost), as the client's secret is sent there",
        "downstream.crm.oauth2TokenUrl=https://login.example.com/token | downstream.crm.oauth2ClientId: missing; the client that a token is fetched for",
        "downstream.crm.oauth2ClientSecret=k-secret | downstream.crm.oauth2TokenUrl: missing; where a token is fetched, as oauth2ClientSecret is given",
        "downstream.crm.oauth2CredentialsIn=query | downstream.crm.oauth2CredentialsIn: 'query' is none of body, header",
        "downstream.crm.signingSecrets=whsec_ay1zZWNyZXQ= | downstream.crm.signingSecrets: has to be whsec_ and 24 to 64 random bytes in Base64, as 'openssl rand -base64 32' makes them",
        "downstream.crm.signingSecrets=k-secret | downstream.crm.signingSecrets: has to be whsec_ and 24 to 64 random bytes in Base64",
        "downstream.crm.keyStorePassword=k-secret | downstream.crm.keyStore: missing, as keyStorePassword is given",
        "downstream.crm.trustStore=no.pem | downstream.crm.trustStore: there is no file ",
        "downstream.crm.trustStore=application.properties | downstream.crm.trustStore: ",
        "outgoing.allowedAddresses=169.254.0.0/33 | outgoing.allowedAddresses: '169.254.0.0/33' is no address or network such as 192.0.2.7",
        "outgoing.allowedAddresses=metadata.google.internal | outgoing.allowedAddresses: 'metadata.google.internal' is no address or network",
        "sandbox.enabled=maybe | sandbox.enabled: 'maybe' is none of auto, false, true"})
    void namesTheSettingAndTheCure(String line, String problem) {
        assertThat(problems(GOOD + line + "\n")).anySatisfy(found -> assertThat(found).startsWith(problem));
        assertThat(problems(GOOD + line + "\n")).allSatisfy(found -> assertThat(found).doesNotContain("k-secret"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "http://abc.api.infobip.com | account.main.baseUrl: has to begin with https:// (http only for localhost)",
        "abc.api.infobip.com | account.main.baseUrl: 'abc.api.infobip.com' is no http or https URL",
        "HTTP://abc.api.infobip.com | account.main.baseUrl: has to begin with https:// (http only for localhost)",
        "https://abc.api.infobip.com/a//b | account.main.baseUrl: '/a//b' has to be a path of letters, digits, . _ ~ - and single /",
        "https://abc.api.infobip.com?x=1 | account.main.baseUrl: has to end with the host or a path, without ? or #"})
    void theBaseUrlHasToBeAnHttpsUrl(String url, String problem) {
        assertThat(problems(GOOD.replace("https://abc.api.infobip.com", url))).containsExactly(problem);
    }

    @Test
    void anAccountIsNotToldAndAskingAtTheSameTime() {
        assertThat(problems(GOOD + "account.main.pullInterval=30s\n")).isEmpty();
        assertThat(problems(GOOD + "account.main.pullInterval=30s\naccount.main.publicUrl=https://sms.example.com\n")).containsExactly(
                "account.main.pullInterval: not together with account.main.publicUrl, as Infobip then posts what would be fetched;"
                        + " keep publicUrl where Infobip can reach it, else pullInterval");
    }

    @Test
    void turkeyNeedsBothItsFields() {
        assertThat(problems(GOOD + "account.main.region=turkey\n")).containsExactly(
                "account.main.brandCode: missing; your IYS brand code; region=turkey needs it",
                "account.main.recipientType: missing; BIREYSEL or TACIR; region=turkey needs it");
    }

    @Test
    void whatCannotBeSeenIsNoValue() {
        assertThat(problems(GOOD + "account.main.region=india\naccount.main.principalEntityId=\u00a0\u200b\n"))
                .containsExactly("account.main.principalEntityId: missing; your Principal Entity ID from the DLT portal; region=india needs it");
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThat(problems("account.a.region=india\naccount.b.apiKey=k\nsms.default-account=c\n")).hasSize(5);
    }

    @Test
    void theDefaultAccountHasToBeOne() {
        assertThat(problems(GOOD.replace("account=main", "account=nobody")))
                .containsExactly("sms.default-account: 'nobody' is no account; there are main");
    }

    @Test
    void theOnlyAccountIsTheDefaultAndOfSeveralOneHasToBeChosen() {
        String noDefault = GOOD.replace("sms.default-account=main\n", "");
        assertThat(problems(noDefault)).isEmpty();
        assertThat(problems(noDefault + "account.other.baseUrl=https://x.api.infobip.com\naccount.other.apiKey=k\n"))
                .containsExactly("sms.default-account: missing, as there are several accounts; choose one of main, other");
    }

    @Test
    void aMapThatDoesNotParseIsNamedWithThePlace() {
        assertThat(problems(GOOD, "own.jslt", "{\n  \"a\": }")).singleElement().asString()
                .contains("routes/maps/own.jslt: does not parse: ").contains("line 2, column 8");
    }

    @Test
    void aRouteFileWithAMistakeIsNamedWithThePlace() throws Exception {
        assertThat(problems(GOOD)).isEmpty();
        Files.writeString(home.resolve("routes/broken.yaml"), "- route:\n    id: x\n    form:\n      uri: direct:a\n");
        assertThat(problems(GOOD)).singleElement().asString().contains("Unsupported field: form").contains("broken.yaml, line 2");
    }

    @Test
    void aPortInUseIsToldAsSuch() throws Exception {
        try (TestBridge first = new TestBridge(Files.createDirectory(home.resolve("first")), GOOD)) {
            assertThat(problems(Files.createDirectory(home.resolve("second")),
                    GOOD + "http.port=" + first.port + "\n"))
                    .singleElement().asString().startsWith("http.port: can't listen on 127.0.0.1:" + first.port);
        }
    }

    /** What waits there was answered 200. */
    @Test
    void queuesOfAnEarlierVersionAreNotLeftBehindUnseen() throws Exception {
        Path queue = Files.createDirectories(home.resolve("data/queue"));
        Files.createDirectory(queue.resolve("journal"));
        assertThat(problems(GOOD)).containsExactly("data.directory: " + queue + " holds the queues of an earlier version, which this one does not"
                + " read; let the earlier version run until its queues are empty and its dead letters handled, then move the directory away");
        assertThat(home.resolve("data/ledger.db")).doesNotExist();
        Files.move(queue, home.resolve("queue-of-before"));
        assertThat(problems(GOOD)).isEmpty();
    }

    @Test
    void aConsoleWithoutItsPasswordsIsToldAsSuch() throws Exception {
        String managed = GOOD + "console.username=ops\n";
        Path users = Files.createDirectories(home.resolve("data")).resolve("console-users");
        Files.createDirectory(users);
        String problem = "data.directory: " + users + ", which keeps the hash of the console's password, can't be read (";
        assertThat(problems(managed)).singleElement().asString().startsWith(problem).endsWith("set console.password");
        Files.delete(users);
        Files.createSymbolicLink(users, home.resolve("nowhere"));
        assertThat(problems(managed)).singleElement().asString().startsWith(problem);
        assertThat(problems(managed + "console.password=chosen-by-the-team\n")).isEmpty();
        Files.delete(users);
        assertThat(problems(managed)).isEmpty();
        assertThat(Files.readString(users)).startsWith("ops:pbkdf2-sha512:");
    }

    @Test
    void aSecondBridgeOnTheSameLedgerIsToldAsSuch() throws Exception {
        try (TestBridge first = new TestBridge(home, GOOD + "ledger.url=jdbc:sqlite:" + home + "/ledger.db\n")) {
            assertThat(first.context().isStarted()).isTrue();
            assertThat(problems(Files.createDirectory(home.resolve("second")), GOOD + "ledger.url=jdbc:sqlite:file:" + home + "/ledger.db?cache=private\n"))
                    .singleElement().asString().startsWith("data.directory: another bridge is running on the ledger " + home.resolve("ledger.db"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "localhost:1 | Connection to localhost:1 refused.",
        "nowhere.invalid | The connection attempt failed. (java.net.UnknownHostException: nowhere.invalid)",
        "localhost:{port} | The connection attempt failed. (java.io.EOFException)"})
    void aDatabaseThatCannotBeReachedIsToldInOneLine(String host, String reason) throws Exception {
        try (ServerSocket noDatabase = new ServerSocket(0)) {
            CompletableFuture.runAsync(() -> closeEveryConnection(noDatabase));
            String address = host.replace("{port}", String.valueOf(noDatabase.getLocalPort()));
            assertThat(problems(GOOD + "ledger.url=jdbc:postgresql://" + address + "/bridge?user=bridge&password=k-secret\n"))
                    .singleElement().asString().startsWith("ledger.url: the database can't be used: " + reason)
                    .doesNotContain("\n").doesNotContain("k-secret");
        }
    }

    private static void closeEveryConnection(ServerSocket socket) {
        try {
            while (true) {
                socket.accept().close();
            }
        } catch (IOException e) {
            // The test has ended.
        }
    }

    @Test
    void anAccountTakesItsKeyFromASecretFile() throws Exception {
        Path secrets = Files.createDirectory(home.resolve("secrets"));
        Files.writeString(secrets.resolve("infobip-key"), "from-a-file");
        try (TestBridge bridge = new TestBridge(home, GOOD.replace("k-secret", "{{infobip-key}}")
                + "camel.main.cloud-properties-location=" + secrets + "\n")) {
            assertThat(bridge.context().resolvePropertyPlaceholders("{{account.main.apiKey}}")).isEqualTo("from-a-file");
        }
    }
}

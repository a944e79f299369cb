package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command send-test of the packaged jar. */
class SendTestIT {

    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--to 447700900123 | 0 | Infobip accepted it (account sandbox)",
        "--to +447700909001 --account sandbox --sender Shop | 1 | REJECTED_DESTINATION",
        "--to 447700909401 | 1 | E401",
        "--to 12 | 1 | to: not a phone number in international form",
        "--to 447700900123 --account nobody | 2 | --account: 'nobody' is no account; there are sandbox",
        "--text Hi | 2 | Missing required option: '--to=NUMBER'",
        "--to 447700900123 --nonsense | 2 | Unknown option: '--nonsense'"})
    void sendTestSaysWhatInfobipSaid(String arguments, int exitCode, String output) throws Exception {
        List<String> all = new ArrayList<>(List.of("send-test"));
        all.addAll(List.of(arguments.split(" ")));
        PackagedBridge test = PackagedBridge.start(home, FreePort.find(), all.toArray(String[]::new));
        assertThat(test.exitCode()).as(test.output()).isEqualTo(exitCode);
        assertThat(test.output()).contains(output).doesNotContain("\tat ");
        assertThat(home.resolve("data")).doesNotExist();
    }

    /** Its outbox is shared with the bridges that run on this database, so a test that opened it would take their sends. */
    @Test
    void sendTestLeavesASharedLedgerAlone() throws Exception {
        Files.writeString(home.resolve("application.properties"), """
                account.main.baseUrl=http://localhost:{{http.port}}/sandbox/infobip
                account.main.apiKey={{sandbox.apiKey}}
                ledger.url=jdbc:postgresql://localhost:1/bridge
                """);
        PackagedBridge test = PackagedBridge.start(home, FreePort.find(), "send-test", "--to", "447700900123");
        assertThat(test.exitCode()).as(test.output()).isZero();
    }
}

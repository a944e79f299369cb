package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/change-a-route.md, done as it is printed. */
class ChangeARouteIT {

    private static final String JAR = "infobip-sms-bridge.jar";
    private static final String START = "java -jar " + JAR;

    @TempDir
    Path home;

    @Test
    void thePageWorksAsPrinted() throws Exception {
        Files.copy(Path.of("application.properties"), home.resolve("application.properties"));
        Files.copy(Path.of(System.getProperty("bridge.jar")), home.resolve(JAR));
        int port = FreePort.find();
        DocsPage page = new DocsPage("change-a-route.md", "", home, Map.of("HTTP_PORT", String.valueOf(port)));
        page.doUntil(START + "\n");
        page.pass(START);
        try (PackagedBridge bridge = PackagedBridge.start(home, port).awaitAnswering()) {
            page.doRest();
            assertThat(bridge.output()).contains("routes/ has files in place of the bridge's own: 1-send/enrich-for-region.yaml, maps/cloudevents.jslt, "
                    + "maps/infobip-request.jslt, maps/send-fields.json; besides: archive.yaml, maps/audit.jslt").doesNotContain(" ERROR ");
        }
    }
}

package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** The bill of materials in the jar lists the libraries in the jar. An offline build has none; with TEST_SBOM=required it has to be there. */
class SbomIT {

    @Test
    void listsWhatIsInTheJar() throws Exception {
        try (JarFile jar = new JarFile(System.getProperty("bridge.jar"))) {
            ZipEntry bill = jar.getEntry("META-INF/sbom/application.cdx.json");
            assumeTrue(bill != null || "required".equals(System.getenv("TEST_SBOM")), "built offline");
            assertThat(bill).as("bill of materials in %s", jar.getName()).isNotNull();
            JsonNode json;
            try (InputStream in = jar.getInputStream(bill)) {
                json = TestBridge.JSON.readTree(in);
            }
            assertThat(json.get("bomFormat").asText()).isEqualTo("CycloneDX");
            Set<String> listed = StreamSupport.stream(json.get("components").spliterator(), false)
                    .map(part -> part.get("name").asText() + "-" + part.get("version").asText() + ".jar").collect(Collectors.toCollection(TreeSet::new));
            Set<String> held = jar.stream().map(ZipEntry::getName).filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
                    .map(name -> name.substring("BOOT-INF/lib/".length())).collect(Collectors.toCollection(TreeSet::new));
            assertThat(held).hasSizeGreaterThan(100);
            assertThat(listed).isEqualTo(held);
            assertThat(json.get("components")).allSatisfy(part -> assertThat(part.path("licenses")).as(part.get("name").asText()).isNotEmpty());
        }
    }
}

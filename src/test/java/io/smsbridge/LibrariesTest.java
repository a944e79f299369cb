package io.smsbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The libraries in the jar, as the build lists them: none is of a version that docs/dependencies.md calls bad, and NOTICE names the licence of each. */
@Tag("quick")
class LibrariesTest {

    private static final Pattern LIBRARY = Pattern.compile("(?m)^\\s+([\\w.-]+:[\\w.-]+):jar:([\\w.-]+):(?:compile|runtime)");
    /** Artifact, first version that is good, and what is wrong before it. */
    private static final Pattern BAD = Pattern.compile("(?m)^\\| `([\\w.-]+:[\\w.*-]+)` \\| ([\\w.-]+) \\| ([^|]+) \\|");
    private static final Pattern NOTICED = Pattern.compile("(?m)^ {4}([\\w.-]+:[\\w.*-]+)$");

    private record Library(String name, String version) {

        /** @param names group:artifact, where the artifact may end in * */
        boolean isOneOf(String names) {
            return names.endsWith("*") ? name.startsWith(names.substring(0, names.length() - 1)) : name.equals(names);
        }
    }

    private static List<Library> libraries() throws IOException {
        return LIBRARY.matcher(Files.readString(Path.of("target/libraries.txt"))).results().map(found -> new Library(found.group(1), found.group(2))).toList();
    }

    private static List<MatchResult> badVersions() throws IOException {
        return BAD.matcher(Files.readString(Path.of("docs/dependencies.md"))).results().toList();
    }

    private static List<String> bad(List<Library> libraries) throws IOException {
        List<String> bad = new ArrayList<>();
        for (MatchResult entry : badVersions()) {
            libraries.stream().filter(library -> library.isOneOf(entry.group(1)))
                    .filter(library -> Version.parse(library.version()).compareTo(Version.parse(entry.group(2))) < 0)
                    .forEach(library -> bad.add(library.name() + " " + library.version() + ": " + entry.group(3).strip() + "; fixed in " + entry.group(2)));
        }
        return bad;
    }

    @Test
    void noneIsOfAKnownBadVersion() throws Exception {
        assertThat(libraries()).hasSizeGreaterThan(100);
        assertThat(badVersions()).hasSizeGreaterThan(20);
        assertThat(bad(libraries())).isEmpty();
    }

    @Test
    void aBadVersionIsNamedWithItsCure() throws Exception {
        assertThat(bad(List.of(new Library("io.netty:netty-codec-http", "4.1.137.Final"), new Library("org.postgresql:postgresql", "42.7.9"),
                new Library("com.fasterxml.jackson.core:jackson-databind", "2.21.10"))))
                .containsExactlyInAnyOrder("io.netty:netty-codec-http 4.1.137.Final: CVE-2026-89044; fixed in 4.1.138.Final",
                        "org.postgresql:postgresql 42.7.9: CVE-2026-42198; fixed in 42.7.11",
                        "org.postgresql:postgresql 42.7.9: CVE-2026-54291; fixed in 42.7.12");
    }

    @Test
    void theNoticeNamesTheLicenceOfEachAndOfNoOther() throws Exception {
        List<String> noticed = NOTICED.matcher(Files.readString(Path.of("NOTICE"))).results().map(found -> found.group(1)).toList();
        assertThat(noticed).doesNotHaveDuplicates();
        List<Library> libraries = libraries();
        assertThat(libraries).allSatisfy(library -> assertThat(noticed.stream().filter(library::isOneOf)).as("%s in NOTICE", library.name()).hasSize(1));
        assertThat(noticed).allSatisfy(names -> assertThat(libraries).as("%s of NOTICE", names).anyMatch(library -> library.isOneOf(names)));
    }
}

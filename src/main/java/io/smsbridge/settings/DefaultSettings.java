package io.smsbridge.settings;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** The application.properties in the jar: every single setting with its default. */
public final class DefaultSettings {

    private DefaultSettings() {
    }

    public static Properties load() throws IOException {
        Properties defaults = new Properties();
        try (Reader text = new InputStreamReader(DefaultSettings.class.getResourceAsStream("/application.properties"), StandardCharsets.UTF_8)) {
            defaults.load(text);
        }
        return defaults;
    }
}

package io.smsbridge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.smsbridge.http.SmsHttpServerFactory;
import io.smsbridge.maps.MapFunctions;
import io.smsbridge.maps.RouteFiles;
import io.smsbridge.settings.DefaultSettings;
import io.smsbridge.settings.Settings;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.properties.DefaultPropertiesParser;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.component.properties.PropertiesLookup;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListener;

/** Camel's main, set up for the bridge. */
final class BridgeMain {

    private BridgeMain() {
    }

    /**
     * The routes, ready to start.
     *
     * @param home      directory of application.properties and routes/; what it lacks comes from the jar, file by file
     * @param overrides settings that win over every other source
     */
    static Main create(Path home, Properties overrides) throws IOException {
        return create(home, overrides, new Startup(home, RouteFiles.of(home), null));
    }

    /** The settings as a bridge would read them, for a command: nothing else is read or started. */
    static org.apache.camel.spi.PropertiesComponent settings(Path home) throws IOException {
        Main main = new Main() {
            @Override
            protected void postProcessCamelContext(CamelContext context) throws Exception {
                configurePropertiesService(context);
                context.build();
            }
        };
        readSettings(main, home);
        main.init();
        return main.getCamelContext().getPropertiesComponent();
    }

    static Main create(Path home, Properties overrides, Startup startup) throws IOException {
        return create(home, overrides, startup.routes(), startup);
    }

    static Main create(Path home, Properties overrides, RouteFiles routes, MainListener listener) throws IOException {
        ClassLoader classes = LibraryFolder.over(home, BridgeMain.class.getClassLoader());
        Main main = new Main() {
            @Override
            protected CamelContext createCamelContext() {
                CamelContext context = super.createCamelContext();
                PropertiesComponent properties = new PropertiesComponent() {
                    @Override
                    public void setOverrideProperties(Properties given) {
                        // Camel puts the files of cloud-properties-location behind them as defaults, and then does not find their values.
                        Properties all = new Properties();
                        given.stringPropertyNames().forEach(key -> all.setProperty(key, given.getProperty(key)));
                        super.setOverrideProperties(all);
                    }
                };
                context.setPropertiesComponent(properties);
                // Words to listen for, and replies, are in any script; Camel's own choice is ISO 8859-1.
                properties.setEncoding("UTF-8");
                // Camel's own overrides give way to the environment and to -D.
                properties.setPropertiesParser(new DefaultPropertiesParser(properties) {
                    @Override
                    public String parseProperty(String key, String value, PropertiesLookup lookup) {
                        return overrides.getProperty(key, value);
                    }
                });
                context.setApplicationContextClassLoader(routes.over(classes));
                return context;
            }
        };
        Properties initial = readSettings(main, home);
        initial.setProperty("routes", RouteFiles.ROOT);
        initial.setProperty("camel.main.routesIncludePattern", String.join(",", routes.endingIn(".yaml")));
        main.setOverrideProperties(overrides);

        main.bind("mapFunctions", Startup.MAP_FUNCTIONS);
        main.bind("mapObjectFilter", MapFunctions.OBJECT_FILTER);
        main.bind("json", new ObjectMapper());
        // By this name Camel's own metrics service finds it, and does not make another.
        main.bind(MicrometerConstants.METRICS_REGISTRY_NAME, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        main.bind("httpServerFactory", new SmsHttpServerFactory());
        main.addMainListener(listener);
        return main;
    }

    /** Has the main read the user's file, and the defaults; the latter. */
    private static Properties readSettings(Main main, Path home) throws IOException {
        Properties initial = DefaultSettings.load();
        Path file = home.resolve("application.properties");
        if (Files.exists(file)) {
            // A user's accounts and downstreams are the only ones; every other key may be left out.
            initial.keySet().removeIf(key -> Settings.isBlockKey(key.toString()));
            main.setPropertyPlaceholderLocations("file:" + file);
        } else {
            main.setPropertyPlaceholderLocations("false");
        }
        main.setInitialProperties(initial);
        return initial;
    }
}

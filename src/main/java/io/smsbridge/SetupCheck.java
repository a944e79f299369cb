package io.smsbridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;

import io.smsbridge.forward.ForwardModule;
import io.smsbridge.maps.MapCheck;
import io.smsbridge.maps.RouteFiles;
import io.smsbridge.settings.BlockKind;
import io.smsbridge.settings.DefaultSettings;
import io.smsbridge.settings.Settings;
import io.smsbridge.settings.SettingsCheck;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * What a start would stop at, all of it: a start itself ends with the first kind of problem it meets. First each file is read alone, then
 * the settings, and where both are right a bridge is started beside the real one, whose routes take nothing in.
 */
final class SetupCheck {

    /** Routes that can't be made are left out one by one, to find the next. */
    private static final int MOST_ROUTES = 20;

    private final Path home;
    private final RouteFiles routes;
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> unreadable = new HashSet<>();
    private String summary = "";

    private SetupCheck(Path home) throws IOException {
        this.home = home;
        this.routes = RouteFiles.read(home);
    }

    static SetupCheck of(Path home) throws Exception {
        SetupCheck check = new SetupCheck(home);
        check.problems.addAll(check.routes.problems());
        check.readRoutes();
        check.readSettings();
        if (check.problems.isEmpty()) {
            check.makeRoutes();
        }
        return check;
    }

    /** One line each, with the place and the cure. */
    List<String> problems() {
        return problems;
    }

    List<String> warnings() {
        return warnings;
    }

    /** What there is, where all is right. */
    String summary() {
        return summary;
    }

    /** Each file by itself, as Camel ends with the first that it can't read. */
    private void readRoutes() throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            context.setApplicationContextClassLoader(routes.over(SetupCheck.class.getClassLoader()));
            // Some steps are read together with a setting; which value it has is for later.
            PropertiesComponent properties = context.getPropertiesComponent();
            properties.setInitialProperties(DefaultSettings.load());
            properties.addOverrideProperty("sandbox.on", "true");
            RoutesLoader loader = PluginHelper.getRoutesLoader(context);
            for (String file : routes.endingIn(".yaml")) {
                String name = file.replaceFirst("^classpath:", "");
                if (problems.stream().anyMatch(problem -> problem.startsWith(name + ":"))) {
                    unreadable.add(file);
                    continue;
                }
                try {
                    loader.loadRoutes(ResourceHelper.resolveMandatoryResource(context, file));
                } catch (Exception e) {
                    unreadable.add(file);
                    List<String> known = Startup.problems(e);
                    problems.add(name + ": " + (known.isEmpty() ? String.valueOf(e.getMessage()).replaceAll("\\s*\\n\\s*", " ").strip() : known.get(0)));
                }
            }
        }
    }

    /** What is wrong with a single key is set right for the rest to be looked at. */
    private void readSettings() throws Exception {
        Properties overrides = new Properties();
        exclude(overrides, "camel.main.routesExcludePattern", unreadable);
        Main main = BridgeMain.create(home, overrides, routes, new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport main) {
                PropertiesComponent properties = main.getCamelContext().getPropertiesComponent();
                singleKeys(properties, overrides);
                Startup.derive(properties);
            }

            @Override
            public void afterConfigure(BaseMainSupport main) {
                settings(main.getCamelContext());
            }
        });
        try {
            main.init();
        } catch (Exception e) {
            List<String> known = Startup.problems(e);
            if (known.isEmpty()) {
                throw e;
            }
            problems.addAll(known);
        } finally {
            main.stop();
        }
    }

    private void singleKeys(PropertiesComponent properties, Properties overrides) {
        try {
            Properties defaults = DefaultSettings.load();
            for (String problem : SettingsCheck.singleKeyProblems(properties)) {
                problems.add(problem);
                String key = problem.replaceFirst("(?s):.*", "");
                if (defaults.containsKey(key)) {
                    overrides.setProperty(key, defaults.getProperty(key));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void settings(CamelContext context) {
        Settings settings = Settings.read(context);
        MapCheck maps = MapCheck.of(context, routes, Startup.MAP_FUNCTIONS);
        problems.addAll(SettingsCheck.problems(settings, home, maps.names()));
        problems.addAll(maps.problems());
        new TlsSetup(settings, home, problems);
        problems.addAll(ForwardModule.problems(context, settings.blocks(BlockKind.DOWNSTREAM)));
        warnings.addAll(SettingsCheck.warnings(settings));
        summary = settings.blocks(BlockKind.ACCOUNT).size() + " accounts, " + settings.blocks(BlockKind.DOWNSTREAM).size() + " downstreams, "
                + maps.names().size() + " maps";
    }

    private void makeRoutes() throws Exception {
        Set<String> failed = new HashSet<>();
        while (failed.size() < MOST_ROUTES) {
            // One that did not start keeps hold of its ledger, so the next has a directory of its own.
            Properties overrides = TemporaryBridge.overrides(home);
            overrides.setProperty("camel.main.autoStartup", "false");
            exclude(overrides, "camel.main.routeFilterExcludePattern", failed);
            Main main = BridgeMain.create(home, overrides, routes, new Startup(home, routes, null));
            try {
                main.start();
                summary += ", " + main.getCamelContext().getRoutesSize() + " routes";
                return;
            } catch (Exception e) {
                List<String> known = Startup.problems(e);
                if (known.isEmpty()) {
                    throw e;
                }
                problems.addAll(known);
                if (!failed.addAll(routeOf(e))) {
                    return;
                }
            } finally {
                main.stop();
            }
        }
    }

    /** Camel takes no empty pattern. */
    private static void exclude(Properties overrides, String pattern, Set<String> what) {
        if (!what.isEmpty()) {
            overrides.setProperty(pattern, String.join(",", what));
        }
    }

    private static Set<String> routeOf(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailedToCreateRouteException failed && failed.getRouteId() != null) {
                return Set.of(failed.getRouteId());
            }
        }
        return Set.of();
    }
}

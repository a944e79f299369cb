package io.smsbridge.outgoing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.smsbridge.settings.Block;
import io.smsbridge.settings.Settings;
import io.smsbridge.settings.WebUrl;
import io.smsbridge.text.AddressRange;
import org.apache.camel.CamelContext;

/** Calls that leave the bridge: which addresses may be called, and with which credentials. */
public final class Outgoing {

    /** Settings of a block that name a URL which is called. */
    private static final List<String> CALLED = List.of("baseUrl", "url", "oauth2TokenUrl");
    /** Milliseconds that a start waits for host names in all. What is not known by then is checked when it is called. */
    private static final long LOOK_UP = 2_000;

    private final AddressGuard guard;
    private final Path home;

    /**
     * @param allowed addresses and ranges that may be called all the same, separated by commas
     * @param home    where relative paths start
     */
    public Outgoing(String allowed, Path home) {
        guard = new AddressGuard(AddressRange.all(allowed));
        this.home = home;
    }

    /** Before Camel configures its components. */
    public void install(CamelContext context) {
        OutgoingComponent component = new OutgoingComponent(guard);
        context.addComponent("http", component);
        context.addComponent("https", component);
    }

    /** Binds the beans ROUTE-headers, each the httpClientConfigurer of an account's or a downstream's route; what is wrong with their files and addresses. */
    public List<String> bind(CamelContext context, Settings settings) {
        List<String> problems = new ArrayList<>();
        for (Block block : web(settings)) {
            ClientTls.Store key = store(block, "keyStore", "a PKCS12 file with the certificate and its private key, and its password", problems);
            ClientTls.Store trust = store(block, "trustStore", "a file of certificates, PEM or PKCS12, for the latter with its password", problems);
            try {
                ClientTls tls = key == null && trust == null ? null : new ClientTls(key, trust);
                context.getRegistry().bind(block.routeId() + "-headers", new OutgoingClient(SecretHeaders.of(block::get), block.get("signingSecrets"), oauth(block), tls));
            } catch (IOException | GeneralSecurityException e) {
                problems.add(block.key(key == null ? "trustStore" : "keyStore") + ": can't be used: " + e.getMessage());
            }
        }
        problems.addAll(refused(settings));
        return problems;
    }

    /** All but the downstreams that another Camel component calls. */
    private static List<Block> web(Settings settings) {
        return settings.blocks().stream().filter(block -> block.endpoint() == null).toList();
    }

    private ClientTls.Store store(Block block, String setting, String what, List<String> problems) {
        if (block.get(setting).isEmpty()) {
            return null;
        }
        Path file = home.resolve(block.get(setting));
        ClientTls.Store store = new ClientTls.Store(file, block.get(setting + "Password").toCharArray());
        try {
            if (!Files.isRegularFile(file)) {
                problems.add(block.key(setting) + ": there is no file " + file + "; give " + what);
                return null;
            }
            if (store.load().size() == 0) {
                problems.add(block.key(setting) + ": " + file + " holds no certificate; give " + what);
                return null;
            }
            return store;
        } catch (IOException | GeneralSecurityException e) {
            problems.add(block.key(setting) + ": " + file + " can't be read (" + e.getMessage() + "); give " + what);
            return null;
        }
    }

    private static OAuthToken.Client oauth(Block block) {
        return block.get("oauth2TokenUrl").isEmpty() ? null : new OAuthToken.Client(block.get("oauth2TokenUrl"), block.get("oauth2ClientId"),
                block.get("oauth2ClientSecret"), block.get("oauth2Scope"), block.get("oauth2CredentialsIn").equals("body"));
    }

    /** All names are looked up at one time, and for a moment only: a network that is away does not hold a start up. */
    private List<String> refused(Settings settings) {
        Map<String, String> hosts = new LinkedHashMap<>();
        web(settings).forEach(block -> CALLED.stream().filter(setting -> !block.get(setting).isEmpty())
                .forEach(setting -> hosts.put(block.key(setting), WebUrl.of(block.get(setting)).host())));
        List<String> problems = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "look-up");
            thread.setDaemon(true);
            return thread;
        });
        Map<String, CompletableFuture<InetAddress[]>> found = new LinkedHashMap<>();
        hosts.values().forEach(host -> found.computeIfAbsent(host, name -> CompletableFuture.supplyAsync(() -> lookUp(name), threads)));
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_UP);
        hosts.forEach((key, host) -> {
            for (InetAddress address : within(end, found.get(host))) {
                if (guard.refuses(address)) {
                    problems.add(key + ": " + AddressGuard.refusal(host, address));
                }
            }
        });
        threads.shutdownNow();
        return problems;
    }

    private static InetAddress[] lookUp(String host) {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            return new InetAddress[0];
        }
    }

    private static InetAddress[] within(long end, CompletableFuture<InetAddress[]> found) {
        try {
            return found.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new InetAddress[0];
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new InetAddress[0];
        }
    }
}

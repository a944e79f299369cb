package io.smsbridge.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.netty.util.NetUtil;
import io.smsbridge.text.Networks;
import io.vertx.core.MultiMap;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;

/**
 * Bean {@code clientAddress}: whose call it is, for all that goes by a caller's address. What proxies say ({@code Forwarded}, else
 * {@code X-Forwarded-For} and {@code -Proto}) is believed only where it comes from http.trustedProxies: of the addresses that a call has
 * come through, the last one that is no such proxy is its client's.
 */
public final class ClientAddress {

    private static final String UNKNOWN = "unknown";

    private final Networks proxies;

    /** @param proxies http.trustedProxies; empty: nobody is believed */
    public ClientAddress(Networks proxies) {
        this.proxies = proxies;
    }

    /** The client's IP address. */
    public static String of(HttpCall call) {
        return call.client();
    }

    public String of(RoutingContext call) {
        return of(peer(call.request().remoteAddress()), call.request().headers());
    }

    /** Whether the client speaks TLS: with this server, or with the proxy before it. */
    public boolean overTls(RoutingContext call) {
        if (call.request().isSSL() || !proxies.contains(peer(call.request().remoteAddress()))) {
            return call.request().isSSL();
        }
        List<String> forwarded = forwarded(call.request().headers(), "proto");
        String said = forwarded.isEmpty() ? String.valueOf(call.request().getHeader("X-Forwarded-Proto")) : forwarded.get(forwarded.size() - 1);
        return said.substring(said.lastIndexOf(',') + 1).strip().equalsIgnoreCase("https");
    }

    private static String peer(SocketAddress address) {
        return address == null || address.hostAddress() == null ? UNKNOWN : address.hostAddress();
    }

    private String of(String peer, MultiMap headers) {
        if (!proxies.contains(peer)) {
            return peer;
        }
        List<String> way = forwarded(headers, "for");
        if (way.isEmpty()) {
            headers.getAll("X-Forwarded-For").forEach(line -> way.addAll(List.of(line.split(","))));
        }
        String client = peer;
        for (int i = way.size() - 1; i >= 0; i--) {
            String address = bare(way.get(i));
            if (!isAddress(address)) {
                // Who wrote that is the last one known.
                return client;
            }
            client = address;
            if (!proxies.contains(address)) {
                return client;
            }
        }
        return client;
    }

    /** The values of a parameter of all Forwarded headers, in their order; of an element without it, an empty text. */
    private static List<String> forwarded(MultiMap headers, String name) {
        List<String> values = new ArrayList<>();
        for (String line : headers.getAll("Forwarded")) {
            for (String element : line.split(",")) {
                String value = "";
                for (String pair : element.split(";")) {
                    String[] parts = pair.strip().split("=", 2);
                    if (parts.length == 2 && parts[0].toLowerCase(Locale.ROOT).equals(name)) {
                        value = parts[1];
                    }
                }
                values.add(value.replace("\"", "").strip());
            }
        }
        return values;
    }

    private static boolean isAddress(String text) {
        return NetUtil.createByteArrayFromIpAddressString(text) != null;
    }

    /** Without a port and brackets: 192.0.2.1:4711, [2001:db8::1]:4711. */
    private static String bare(String address) {
        String bare = address.strip();
        return bare.startsWith("[") ? bare.replaceFirst("^\\[(.*)\\].*$", "$1") : bare.replaceFirst("^([0-9.]+):[0-9]+$", "$1");
    }
}

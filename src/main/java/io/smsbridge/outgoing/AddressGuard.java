package io.smsbridge.outgoing;

import java.io.Serial;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

import io.smsbridge.text.AddressRange;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Looks host names up for the HTTP client, and refuses link-local addresses and those at which clouds hand out a machine's credentials.
 * It is asked for each connection, so that a name which changes its address later gains nothing.
 */
final class AddressGuard implements DnsResolver {

    private static final List<AddressRange> REFUSED = AddressRange.all(String.join(",",
            // Link-local; 169.254.169.254 hands out credentials at AWS, Azure, Google, Oracle and others.
            "169.254.0.0/16", "fe80::/10",
            // The same over IPv6: AWS, Google.
            "fd00:ec2::254", "fd20:ce::254",
            // Alibaba, Oracle's classic cloud, and Azure's host agent.
            "100.100.100.200", "192.0.0.192", "168.63.129.16",
            // No machine of its own has these.
            "224.0.0.0/4", "ff00::/8", "255.255.255.255"));
    /** IPv6 addresses that stand for an IPv4 address, and where in them it lies: NAT64, 6to4. Java itself reads ::ffff:a.b.c.d as IPv4. */
    private static final AddressRange NAT64 = AddressRange.of("64:ff9b::/96");
    private static final AddressRange SIX_TO_FOUR = AddressRange.of("2002::/16");
    private static final AddressRange IPV4_COMPATIBLE = AddressRange.of("::/96");

    private final List<AddressRange> allowed;

    AddressGuard(List<AddressRange> allowed) {
        this.allowed = allowed;
    }

    boolean refuses(InetAddress address) {
        return in(REFUSED, address) && !in(allowed, address) || meant(address) != address && refuses(meant(address)) && !in(allowed, address);
    }

    private static boolean in(List<AddressRange> ranges, InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    private static InetAddress meant(InetAddress address) {
        int from = NAT64.contains(address) || IPV4_COMPATIBLE.contains(address) ? 12 : SIX_TO_FOUR.contains(address) ? 2 : -1;
        try {
            return from < 0 ? address : InetAddress.getByAddress(Arrays.copyOfRange(address.getAddress(), from, from + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** One address that is refused refuses the name, as the client would try one after the other. */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        for (InetAddress address : addresses) {
            if (refuses(address)) {
                throw new RefusedAddress(refusal(host, address));
            }
        }
        return addresses;
    }

    static String refusal(String host, InetAddress address) {
        String shown = address.getHostAddress();
        return host + (host.replaceAll("[\\[\\]]", "").equals(shown) ? "" : " has the address " + shown + ", which")
                + " is link-local or a cloud's metadata service, and is not called; if it is meant, list it in outgoing.allowedAddresses";
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return resolve(host)[0].getCanonicalHostName();
    }

    /** The name that stands before the message in a reason. */
    static final class RefusedAddress extends UnknownHostException {

        @Serial
        private static final long serialVersionUID = 1L;

        RefusedAddress(String message) {
            super(message);
        }
    }
}

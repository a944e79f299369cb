package io.smsbridge.text;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * A range of IP addresses, as 10.0.0.0/8 or fd00::/8 writes it; an address alone is a range of one.
 *
 * @param network the first address, 4 or 16 bytes
 * @param bits    how many of its first bits all addresses of the range have
 */
public record AddressRange(byte[] network, int bits) {

    /** Only what can't be a name, so that no name is ever looked up. */
    private static final String LITERAL = "[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*";

    /** @throws IllegalArgumentException with what is wrong, to be read after the setting */
    public static AddressRange of(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        InetAddress first = address.contains("%") ? null : address(address);
        try {
            byte[] bytes = first == null ? new byte[0] : first.getAddress();
            int bits = slash < 0 ? bytes.length * 8 : Integer.parseInt(text.substring(slash + 1));
            if (bytes.length > 0 && bits >= 0 && bits <= bytes.length * 8) {
                return new AddressRange(bytes, bits);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("'" + text + "' is no address or network such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32");
    }

    /** @return null for what is no IP address, names among it; the scope of a link-local one is left out */
    static InetAddress address(String text) {
        String literal = text.replaceFirst("%.*", "");
        try {
            return literal.matches(LITERAL) ? InetAddress.getByName(literal) : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** The ranges that a setting names, separated by commas. */
    public static List<AddressRange> all(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).filter(one -> !one.isEmpty()).map(AddressRange::of).toList();
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return false;
        }
        int whole = bits / 8;
        int mask = 0xff00 >> bits % 8 & 0xff;
        return Arrays.equals(bytes, 0, whole, network, 0, whole) && (mask == 0 || (bytes[whole] & mask) == (network[whole] & mask));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressRange range && bits == range.bits && Arrays.equals(network, range.network);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(network) * 31 + bits;
    }
}

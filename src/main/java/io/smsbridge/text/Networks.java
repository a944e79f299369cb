package io.smsbridge.text;

import java.net.InetAddress;
import java.util.List;

/** Networks that requests may come from. */
public final class Networks {

    private final List<AddressRange> ranges;

    private Networks(List<AddressRange> ranges) {
        this.ranges = ranges;
    }

    /**
     * @param text addresses and networks in CIDR form, separated by commas, such as 10.0.0.0/8, 2001:db8::/32, 192.0.2.7
     * @throws IllegalArgumentException that names the first one that is neither
     */
    public static Networks of(String text) {
        return new Networks(AddressRange.all(text));
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** @param address an IP address; anything else is in no network */
    public boolean contains(String address) {
        InetAddress client = address == null ? null : AddressRange.address(address);
        return client != null && ranges.stream().anyMatch(range -> range.contains(client));
    }
}

package io.smsbridge.text;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;

/** Networks that requests may come from. */
public final class Networks {

    private final List<IpSubnetFilterRule> rules = new ArrayList<>();

    private Networks() {
    }

    /**
     * @param text addresses and networks in CIDR form, separated by commas, such as 10.0.0.0/8, 2001:db8::/32, 192.0.2.7
     * @throws IllegalArgumentException that names the first one that is neither
     */
    public static Networks of(String text) {
        Networks networks = new Networks();
        for (String part : text.split(",")) {
            String network = part.strip();
            if (!network.isEmpty()) {
                networks.rules.add(rule(network));
            }
        }
        return networks;
    }

    private static IpSubnetFilterRule rule(String network) {
        String address = network.replaceFirst("/.*", "");
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        String length = network.contains("/") ? network.substring(network.indexOf('/') + 1) : bytes == null ? "" : String.valueOf(bytes.length * 8);
        if (bytes == null || !length.matches("[0-9]{1,3}") || Integer.parseInt(length) > bytes.length * 8) {
            throw new IllegalArgumentException("'" + network + "' is no address or network such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32");
        }
        return new IpSubnetFilterRule(address, Integer.parseInt(length), IpFilterRuleType.ACCEPT);
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** @param address an IP address; anything else is in no network */
    public boolean contains(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            return false;
        }
        // An IPv4 address written as IPv6 becomes IPv4 again here.
        InetSocketAddress client = new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), 0);
        return rules.stream().anyMatch(rule -> rule.matches(client));
    }
}

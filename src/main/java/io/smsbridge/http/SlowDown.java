package io.smsbridge.http;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import io.netty.util.NetUtil;

/**
 * How long a source waits after wrong credentials: not for the first four, then 1 s, and twice as long with each more, up to a minute. A
 * source that shows no wrong one for a quarter of an hour begins anew.
 */
public final class SlowDown {

    private static final int FREE = 4;
    private static final int LONGEST_WAIT = 60;
    private static final long FORGOTTEN_AFTER = 15 * 60_000L;
    private static final int MOST_SOURCES = 10_000;
    /** The part of an IPv6 address that stays the same for one subscriber. */
    private static final int IPV6_PREFIX = 8;

    private record Failures(int count, long last) {

        long waitSeconds() {
            return count <= FREE ? 0 : Math.min(LONGEST_WAIT, 1L << Math.min(count - FREE - 1, 6));
        }
    }

    private final LongSupplier clock;
    private final Map<String, Failures> bySource = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MOST_SOURCES;
        }
    };
    /** Spares all others the lock while nobody has failed. */
    private volatile boolean anyone;

    public SlowDown() {
        this(System::currentTimeMillis);
    }

    /** @param clock milliseconds */
    SlowDown(LongSupplier clock) {
        this.clock = clock;
    }

    /** Whole seconds until the source's next try is looked at; 0 for now. */
    public long secondsToWait(String source) {
        if (!anyone) {
            return 0;
        }
        String key = key(source);
        synchronized (this) {
            Failures failures = known(key);
            long left = failures == null ? 0 : failures.last() + failures.waitSeconds() * 1000 - clock.getAsLong();
            return left <= 0 ? 0 : (left + 999) / 1000;
        }
    }

    /** How many wrong credentials the source has shown in a row, this one included. */
    public int failed(String source) {
        String key = key(source);
        synchronized (this) {
            Failures before = known(key);
            Failures now = new Failures(before == null ? 1 : before.count() + 1, clock.getAsLong());
            bySource.put(key, now);
            anyone = true;
            return now.count();
        }
    }

    public void passed(String source) {
        if (anyone) {
            String key = key(source);
            synchronized (this) {
                bySource.remove(key);
                anyone = !bySource.isEmpty();
            }
        }
    }

    private Failures known(String key) {
        Failures failures = bySource.get(key);
        if (failures != null && clock.getAsLong() - failures.last() > FORGOTTEN_AFTER) {
            bySource.remove(key);
            return null;
        }
        return failures;
    }

    private static String key(String source) {
        byte[] bytes = source.indexOf(':') < 0 ? null : NetUtil.createByteArrayFromIpAddressString(source);
        return bytes == null || bytes.length == 4 ? source : NetUtil.bytesToIpAddress(Arrays.copyOf(Arrays.copyOf(bytes, IPV6_PREFIX), 16));
    }
}

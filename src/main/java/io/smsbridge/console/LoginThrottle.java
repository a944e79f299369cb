package io.smsbridge.console;

import java.util.LinkedHashMap;
import java.util.Map;

/** How long a caller waits after wrong passwords: not for the first four, then 1 s, and twice as long with each more, up to a minute. */
final class LoginThrottle {

    private static final int FREE = 4;
    private static final int LONGEST_WAIT = 60;
    private static final int MOST_CALLERS = 10_000;

    private record Failures(int count, long last) {

        long waitSeconds() {
            return count <= FREE ? 0 : Math.min(LONGEST_WAIT, 1L << Math.min(count - FREE - 1, 6));
        }
    }

    private final Map<String, Failures> byCaller = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MOST_CALLERS;
        }
    };

    /** Whole seconds until the caller's next try is looked at; 0 for now. */
    synchronized long secondsToWait(String caller) {
        Failures failures = byCaller.get(caller);
        if (failures == null) {
            return 0;
        }
        long left = failures.last() + failures.waitSeconds() * 1000 - System.currentTimeMillis();
        return left <= 0 ? 0 : (left + 999) / 1000;
    }

    synchronized void tried(String caller, boolean right) {
        if (right) {
            byCaller.remove(caller);
        } else {
            byCaller.merge(caller, new Failures(1, System.currentTimeMillis()),
                    (before, now) -> new Failures(before.count() + 1, now.last()));
        }
    }
}

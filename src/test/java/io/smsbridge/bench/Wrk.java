package io.smsbridge.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** wrk, which makes most of the load: so many clients, each of which sends its next request when the last one is answered. */
final class Wrk {

    private static final Pattern RESULT = Pattern.compile(
            "bench requests=(\\d+) micros=(\\d+) refused=(\\d+) broken=(\\d+) p50=([\\d.]+) p99=([\\d.]+)");

    private static int runs;

    private Wrk() {
    }

    /**
     * One kind of load.
     *
     * @param kind     of load.lua
     * @param perPost  items in one request
     * @param accounts among how many accounts it is divided
     * @param headers  of each request, as NAME: VALUE
     * @param file     of signed bodies; null for bodies that load.lua makes
     */
    record Load(String kind, int perPost, int accounts, List<String> headers, Path file) {
        Load(String kind, int perPost) {
            this(kind, perPost, 1);
        }

        Load(String kind, int perPost, int accounts) {
            this(kind, perPost, accounts, List.of(), null);
        }

        Load with(String... headers) {
            return new Load(kind, perPost, accounts, List.of(headers), file);
        }
    }

    /**
     * What was answered.
     *
     * @param items  answered 200
     * @param failed requests that were not
     * @param p50    milliseconds until half of the answers
     */
    record Answers(long items, double seconds, long failed, double p50, double p99) {

        double perSecond() {
            return items / seconds;
        }

        /** Two loads at the same time. */
        Answers and(Answers other) {
            return new Answers(items + other.items, Math.max(seconds, other.seconds), failed + other.failed, Math.max(p50, other.p50), Math.max(p99, other.p99));
        }
    }

    static void demand() {
        try {
            new ProcessBuilder("wrk", "-v").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new IllegalStateException("wrk, which makes the load, is not on the PATH; install it with: apt-get install wrk", e);
        }
    }

    static Process start(String url, Load load, int clients, long seconds) throws IOException {
        // One thread makes the load: it keeps up, and leaves the other processors to the bridge.
        List<String> command = new ArrayList<>(List.of("wrk", "-t1", "-c" + clients, "-d" + seconds + "s", "--timeout", "10s", "-s", "src/test/bench/load.lua"));
        load.headers().forEach(header -> command.addAll(List.of("-H", header)));
        command.addAll(List.of(url, "--", load.kind(), String.valueOf(load.perPost()), "run-" + System.currentTimeMillis() % 100_000_000 + ++runs,
                String.valueOf(load.accounts())));
        if (load.file() != null) {
            command.add(load.file().toString());
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    static Answers end(Process wrk, Load load) throws IOException, InterruptedException {
        String output = new String(wrk.getInputStream().readAllBytes());
        Matcher result = RESULT.matcher(output);
        if (!wrk.waitFor(5, TimeUnit.SECONDS) || !result.find()) {
            throw new IllegalStateException("wrk failed: " + output);
        }
        long refused = Long.parseLong(result.group(3));
        return new Answers((Long.parseLong(result.group(1)) - refused) * load.perPost(), Long.parseLong(result.group(2)) / 1e6,
                refused + Long.parseLong(result.group(4)), Double.parseDouble(result.group(5)), Double.parseDouble(result.group(6)));
    }

    static Answers run(String url, Load load, int clients, long seconds) throws IOException, InterruptedException {
        return end(start(url, load, clients, seconds), load);
    }
}

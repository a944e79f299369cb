package io.smsbridge.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.smsbridge.faults.Downstream.Again;
import io.smsbridge.faults.Infobip.Message;
import io.vertx.core.Vertx;
import org.apache.camel.util.FileUtil;

/**
 * {@code mvn -Pfaults verify}: the packaged bridge under load, killed or held again and again, with an Infobip and two downstreams that
 * fail in every way they can, and an operator who stops its routes and replays its dead letters. Besides kills at random times there are
 * kills at the worst {@link Moment}. In the end everything that was answered 200 has to be where it belongs, once. Which faults come when
 * is drawn from a seed. One bridge has its data on a disk that is filled now and then, where it may be mounted. With faults.instances
 * above 1, so many bridges share a PostgreSQL, which is killed as well. It prints what was lost and doubled, and ends with an error when
 * something was lost, or told twice for another reason than a kill between a downstream's 2xx and the commit.
 */
public final class Faults {

    private enum Target {
        BRIDGE, MOMENT, DATABASE
    }

    /** When a kill does most harm. */
    private enum Moment {
        INFOBIP_HAS_IT("infobip", false), INFOBIP_HAS_ANSWERED("infobip", true), DOWNSTREAM_HAS_IT("downstream", false),
        DOWNSTREAM_HAS_ANSWERED("downstream", true), CALLER_IS_ANSWERED("caller", true);

        private final String at;
        private final boolean answered;

        Moment(String at, boolean answered) {
            this.at = at;
            this.answered = answered;
        }

        @Override
        public String toString() {
            return "when " + name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** What goes on beside the load, and ends when all is calm. */
    private interface Disturbance {
        void run() throws Exception;
    }

    private static final String SETTINGS = """
            sms.default-account=main
            webhooks.token=none
            account.main.baseUrl=%s
            account.main.apiKey=key
            account.main.connectTimeout=1000
            account.main.responseTimeout=5000
            account.main.retryDelay=200ms
            account.main.retryMaxDelay=2s
            data.minFreeDisk=200MB
            downstream.events.url=%s
            downstream.events.events=sent,delivered,failed,replied,clicked
            downstream.events.connectTimeout=1000
            downstream.events.responseTimeout=5000
            downstream.events.retryDelay=200ms
            downstream.events.retryMaxDelay=2s
            downstream.clevertap.url=%s
            downstream.clevertap.format=clevertap
            downstream.clevertap.connectTimeout=1000
            downstream.clevertap.responseTimeout=5000
            downstream.clevertap.retryDelay=200ms
            downstream.clevertap.retryMaxDelay=2s
            downstream.clevertap.retryMaxAttempts=2
            """;

    /** When nothing more arrives for so long, nothing more is waited for. */
    private static final Duration STALLED = Duration.ofSeconds(120);
    /** With no progress for so long, a share has less to give than was reckoned, and the next strike comes. */
    private static final Duration IDLE = Duration.ofSeconds(15);
    /** When nobody was asked anything for so long after all had arrived, nothing more is to come. */
    private static final Duration QUIET = Duration.ofSeconds(5);
    /** Most time between a downstream's answer and the ledger's commit, on a machine as busy as this one. */
    private static final long WINDOW = 3000;

    private final long started = System.nanoTime();
    private final Random random;
    private final int messages;
    private final int kills;
    private final int momentKills;
    private final Queue<Moment> moments = new ArrayDeque<>();
    private final Vertx vertx = Vertx.vertx();
    private final Infobip infobip;
    private final Downstream events;
    private final Downstream clevertap;
    private final List<BridgeProcess> bridges = new ArrayList<>();
    /** Of several bridges; null where there is one, with a file of its own. */
    private final Database database;
    /** Of one bridge; null where there are several, or no disk may be mounted. While somebody is killed it is held, and not full. */
    private final Disk disk;
    /** From when until when, in epoch milliseconds. */
    private final Queue<long[]> filled = new ConcurrentLinkedQueue<>();
    private final Operator operator;
    private final List<Thread> disturbers = new ArrayList<>();
    private final Load load;
    private final Map<String, Integer> strikes = new TreeMap<>();
    private final AtomicInteger faults = new AtomicInteger();
    private final Map<String, Integer> doubled = new TreeMap<>();
    private long longestWindow;
    private volatile boolean calm;

    private Faults(Path directory, long seed, int messages, int kills, int momentKills, int instances) throws Exception {
        this.messages = messages;
        this.kills = kills;
        this.momentKills = momentKills;
        random = new Random(seed);
        List<Moment> all = new ArrayList<>(List.of(Moment.values()));
        while (moments.size() < momentKills) {
            Collections.shuffle(all, random);
            moments.addAll(all);
        }
        infobip = new Infobip(vertx, random.nextLong(), sent -> tellOf(sent));
        events = new Downstream(vertx, "events", random.nextLong(), false);
        clevertap = new Downstream(vertx, "clevertap", random.nextLong(), true);
        database = instances > 1 ? new Database() : null;
        disk = instances > 1 ? null : Disk.mount(directory.resolve("bridge1/data"));
        String settings = SETTINGS.formatted(infobip.url(), events.url(), clevertap.url()) + Operator.SETTINGS
                + (instances > 1 ? database.settings() : "");
        for (int i = 1; i <= instances; i++) {
            bridges.add(new BridgeProcess("bridge" + i, Path.of(System.getProperty("bridge.jar")), directory.resolve("bridge" + i), settings));
        }
        operator = new Operator(bridges, random.nextLong());
        load = new Load(unavailable -> bridges.get(unavailable % instances).url(""), messages, random.nextLong());
    }

    private void tellOf(List<Message> sent) {
        load.tellOf(sent);
    }

    public static void main(String[] args) throws Exception {
        String given = System.getProperty("faults.seed", "");
        long seed = given.isEmpty() ? System.currentTimeMillis() % 1_000_000 : Long.parseLong(given);
        boolean good = true;
        for (String instances : System.getProperty("faults.instances", "1").split(",")) {
            Path directory = Files.createTempDirectory("faults");
            Faults faults = new Faults(directory, seed, Integer.getInteger("faults.messages", 3000), Integer.getInteger("faults.kills", 4),
                    Integer.getInteger("faults.momentKills", 5), Integer.parseInt(instances));
            boolean kept;
            try {
                faults.run();
                kept = faults.judge(seed);
            } finally {
                faults.close();
            }
            if (kept) {
                FileUtil.removeDir(directory.toFile());
            } else {
                System.out.println("its logs and data are in " + directory);
                good = false;
            }
        }
        System.exit(good ? 0 : 1);
    }

    private void run() throws Exception {
        // At the same time, on a database without tables.
        for (BridgeProcess bridge : bridges) {
            bridge.start();
        }
        for (BridgeProcess bridge : bridges) {
            bridge.awaitAnswering();
        }
        for (Peer peer : List.of(infobip, events, clevertap)) {
            Random own = new Random(random.nextLong());
            beginTo("disturb " + peer.name, () -> disturb(peer, own));
        }
        if (disk != null) {
            Random own = new Random(random.nextLong());
            beginTo("fill the disk", () -> fillNowAndThen(own));
        }
        beginTo("operate", () -> operator.work(() -> calm));
        load.start();
        // Each of them falls into the middle of a share of the load.
        List<Target> targets = targets();
        for (int i = 0; i < targets.size(); i++) {
            // And one request more, as the last of a share goes with the next one.
            load.release((int) ((i + 1L) * messages / (targets.size() + 1)) + Load.MOST);
            await((i + 0.9 * random.nextDouble()) / (targets.size() + 1) * 2 * messages);
            strike(targets.get(i));
        }
        load.release(messages);
        await(2 * messages * 0.9);
        calm = true;
        say("no more faults");
        for (Thread thread : disturbers) {
            thread.join();
        }
        settle();
    }

    private List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            targets.add(database != null && i % 2 == 1 ? Target.DATABASE : Target.BRIDGE);
        }
        for (int i = 0; i < momentKills; i++) {
            targets.add(Target.MOMENT);
        }
        Collections.shuffle(targets, random);
        return targets;
    }

    /** In a thread of its own, until all is calm. */
    private void beginTo(String name, Disturbance disturbance) {
        Thread thread = new Thread(() -> {
            try {
                disturbance.run();
            } catch (Exception e) {
                throw new IllegalStateException("can't " + name, e);
            }
        }, name);
        thread.start();
        disturbers.add(thread);
    }

    private void disturb(Peer peer, Random own) throws InterruptedException {
        while (!calm) {
            Thread.sleep(own.nextInt(4000));
            peer.begin(Peer.Fault.values()[own.nextInt(Peer.Fault.values().length)]);
            faults.incrementAndGet();
            Thread.sleep(200 + own.nextInt(1500));
            peer.end();
        }
    }

    /** The doors close at data.minFreeDisk; 0 is what nobody foresees. */
    private void fillNowAndThen(Random own) throws InterruptedException, IOException {
        while (!calm) {
            Thread.sleep(own.nextInt(8000));
            synchronized (disk) {
                long from = System.currentTimeMillis();
                disk.fill(new long[] {150_000_000, 50_000_000, 0}[own.nextInt(3)]);
                Thread.sleep(1000 + own.nextInt(3000));
                disk.free();
                filled.add(new long[] {from, System.currentTimeMillis()});
            }
        }
    }

    private void strike(Target target) throws Exception {
        synchronized (disk == null ? this : disk) {
            killAndAwait(target);
        }
    }

    /** Kills somebody, and waits until they are back. */
    private void killAndAwait(Target target) throws Exception {
        if (target == Target.BRIDGE) {
            BridgeProcess bridge = bridges.get(random.nextInt(bridges.size()));
            int way = random.nextInt(6);
            if (way == 0) {
                standStill(bridge, "bridge stood still");
            } else {
                if (way == 1) {
                    struck("bridge stopped");
                    bridge.stop();
                } else {
                    struck("bridge killed");
                    bridge.kill();
                }
                startAgain(bridge);
            }
        } else if (target == Target.MOMENT) {
            killAt(moments.remove());
        } else {
            struck("database killed");
            database.kill();
            Thread.sleep(random.nextInt(5000));
            database.start();
        }
        for (BridgeProcess bridge : bridges) {
            bridge.awaitAnswering();
        }
    }

    /** The next bridge for which the moment comes is killed in it. */
    private void killAt(Moment moment) throws Exception {
        BlockingQueue<BridgeProcess> killed = new ArrayBlockingQueue<>(1);
        Consumer<String> kill = by -> {
            BridgeProcess bridge = bridges.stream().filter(one -> one.is(by)).findFirst().orElse(null);
            if (bridge != null && killed.isEmpty() && killed.offer(bridge)) {
                bridge.killNow();
            }
        };
        arm(moment, kill);
        BridgeProcess bridge = null;
        for (long waited = 0; bridge == null && waited < IDLE.toSeconds(); waited++) {
            bridge = killed.poll(1, TimeUnit.SECONDS);
            load.releaseMore();
        }
        arm(moment, null);
        // It may have come just now.
        bridge = bridge == null ? killed.poll() : bridge;
        if (bridge == null) {
            say("no " + moment);
            return;
        }
        struck("bridge killed " + moment);
        bridge.kill();
        startAgain(bridge);
    }

    private void arm(Moment moment, Consumer<String> kill) {
        switch (moment.at) {
            case "infobip" -> infobip.killAt(moment.answered, kill);
            case "downstream" -> List.of(events, clevertap).forEach(downstream -> downstream.killAt(moment.answered, kill));
            default -> load.killAt(kill);
        }
    }

    private void startAgain(BridgeProcess bridge) throws Exception {
        Thread.sleep(random.nextInt(500));
        bridge.start();
        int way = random.nextInt(6);
        if (way < 2) {
            Thread.sleep(200 + random.nextInt(5000));
        }
        if (way == 0) {
            struck("bridge killed while it started");
            bridge.kill();
            bridge.start();
        } else if (way == 1) {
            standStill(bridge, "bridge stood still while it started");
        }
    }

    /** For less than the lease of what it has in hand: beyond it another bridge takes that over. */
    private void standStill(BridgeProcess bridge, String what) throws Exception {
        struck(what);
        bridge.standStill(1000 + random.nextInt(8000));
    }

    private void struck(String what) {
        say(what);
        strikes.merge(what, 1, Integer::sum);
    }

    private void say(String what) {
        System.out.printf(Locale.ROOT, "  %3d s: %s; %d messages at Infobip, %d events told, %d requests open%n", (System.nanoTime() - started) / 1_000_000_000,
                what, infobip.messages().size(), events.told().size(), load.open());
    }

    private long progress() {
        return (long) infobip.messages().size() + events.told().size() + clevertap.told().size();
    }

    /** Until so much of the messages is sent and reported, or nothing goes on. */
    private void await(double due) throws InterruptedException {
        long last = -1;
        long changed = System.nanoTime();
        while (infobip.messages().size() + events.told().size() / 2 < due) {
            Thread.sleep(20);
            long now = progress();
            if (now != last) {
                last = now;
                changed = System.nanoTime();
            } else if (System.nanoTime() - changed > IDLE.toNanos()) {
                return;
            }
        }
    }

    /** Until all that is owed has arrived, and no more comes. */
    private void settle() throws InterruptedException {
        long last = -1;
        long changed = System.nanoTime();
        while (!load.done() || lost().values().stream().anyMatch(missing -> !missing.isEmpty())) {
            Thread.sleep(200);
            operator.replay();
            long now = progress();
            if (now != last) {
                last = now;
                changed = System.nanoTime();
            } else if (System.nanoTime() - changed > STALLED.toNanos()) {
                break;
            }
        }
        while (System.currentTimeMillis() - Math.max(infobip.lastRequest(), Math.max(events.lastRequest(), clevertap.lastRequest())) < QUIET.toMillis()) {
            Thread.sleep(100);
        }
    }

    /** What was answered 200 and is not where it belongs, for each side. */
    private Map<String, Set<String>> lost() {
        Map<String, Set<String>> lost = new TreeMap<>();
        lost.put("infobip", missing(load.accepted(), infobip.idsByText().keySet()));
        Set<String> owed = new TreeSet<>();
        Set<String> owedWithMeta = new TreeSet<>();
        for (Message message : infobip.messages().values()) {
            if (message.rejected() || load.reported().contains(message.id())) {
                owed.add(Downstream.ended(message.id()));
                if (message.meta() != null) {
                    owedWithMeta.add(Downstream.ended(message.meta()));
                }
            }
            if (load.clicked().contains(message.id())) {
                owed.add(Downstream.clicked(message.id()));
                if (message.meta() != null) {
                    owedWithMeta.add(Downstream.clicked(message.meta()));
                }
            }
        }
        for (String id : load.refused()) {
            owed.add(Downstream.ended(id));
            owedWithMeta.add(Downstream.ended(id));
        }
        load.replied().forEach(id -> owed.add(Downstream.replied(id)));
        events.repliesWithMeta().forEach(meta -> owedWithMeta.add(Downstream.replied(meta)));
        lost.put(events.name, missing(owed, events.told().keySet()));
        lost.put(clevertap.name, missing(owedWithMeta, clevertap.told().keySet()));
        return lost;
    }

    private static Set<String> missing(Collection<String> owed, Set<String> there) {
        Set<String> missing = new TreeSet<>(owed);
        missing.removeAll(there);
        return missing;
    }

    private boolean judge(long seed) {
        Map<String, Set<String>> lost = lost();
        int lostInAll = lost.values().stream().mapToInt(Set::size).sum();
        int accepted = load.accepted().size() + load.refused().size() + load.reported().size() + load.replied().size() + load.clicked().size();
        List<Again> unexplained = new ArrayList<>();
        for (Downstream downstream : List.of(events, clevertap)) {
            for (Again again : downstream.again()) {
                String cause = cause(again);
                if (!cause.isEmpty()) {
                    doubled.merge(cause, 1, Integer::sum);
                    if (cause.equals("unexplained")) {
                        unexplained.add(again);
                    }
                }
            }
        }
        List<String> made = infobip.idsByText().entrySet().stream().filter(text -> text.getValue().size() > 1)
                .map(text -> text.getKey() + " came to Infobip as " + text.getValue()).toList();

        lost.forEach((side, missing) -> missing.stream().limit(10).forEach(one -> System.out.println("lost on the way to " + side + ": " + one)));
        unexplained.stream().limit(10).forEach(again -> System.out.println("told twice: " + again));
        made.stream().limit(10).forEach(System.out::println);
        load.problems().stream().limit(10).forEach(System.out::println);
        if (!load.done()) {
            System.out.println(load.open() + " requests were never answered 200");
        }
        System.out.printf(Locale.ROOT, "faults instances=%d accepted=%d delivered=%d lost=%d doubled=%d kills=%d faults=%d seed=%d%n", bridges.size(), accepted,
                accepted - lostInAll, lostInAll, made.size() + doubled.values().stream().mapToInt(Integer::intValue).sum(), strikes.values().stream().mapToInt(Integer::intValue).sum(), faults.get(), seed);
        System.out.printf(Locale.ROOT, "  %s, disk full=%d, done by the operator=%d, replayed=%d; doubled by cause %s, longest from answer to kill %d ms; the same id to Infobip again, harmless: %d; slowest answer of the bridge %d ms; %d s%n",
                strikes, filled.size(), operator.done(), operator.replayed(), doubled, longestWindow, infobip.repeated(), load.slowest(), (System.nanoTime() - started) / 1_000_000_000L);
        return lostInAll == 0 && unexplained.isEmpty() && made.isEmpty() && load.problems().isEmpty() && load.done();
    }

    /** Why an event was told twice; empty when the first answer reached nobody. */
    private String cause(Again again) {
        for (BridgeProcess bridge : bridges) {
            Long kill = bridge.killed().get(again.before().bridge());
            if (kill == null) {
                continue;
            }
            if (kill < again.before().answeredAt()) {
                return "";
            }
            // What is answered while nothing can be written is not committed before there is room again.
            long full = full(again.before().answeredAt(), kill);
            long window = kill - again.before().answeredAt() - full;
            if (window < WINDOW) {
                longestWindow = Math.max(longestWindow, window);
                return "bridge killed before its commit" + (full > 0 ? ", behind a full disk" : "");
            }
        }
        return "unexplained";
    }

    /** Milliseconds of that time in which the disk was full. */
    private long full(long from, long until) {
        return filled.stream().mapToLong(time -> Math.max(0, Math.min(until, time[1]) - Math.max(from, time[0]))).sum();
    }

    private void close() throws Exception {
        load.close();
        for (BridgeProcess bridge : bridges) {
            bridge.close();
        }
        if (database != null) {
            database.close();
        }
        if (disk != null) {
            disk.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}

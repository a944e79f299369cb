package io.smsbridge.console;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smsbridge.console.AccountOperations.TestSms;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.ledger.OutboxCounts;
import io.smsbridge.maps.Maps;
import io.smsbridge.text.LoggedError;
import io.smsbridge.text.PhoneMask;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the first page of the management port shows and does, as JSON, behind {@link ConsoleLogin}. Errors are answered in the form
 * {@code {"status": "error", "error": "..."}}. Dead letters are listed and replayed by the routes of 3-forward/dead-letters.yaml.
 */
public final class OperatorCalls {

    private static final Logger LOG = LoggerFactory.getLogger("io.smsbridge.console");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_BODY = 16_384;

    private final ManagedBeans beans;
    private final Overview overview;
    private final MessageSearch messages;

    /** @param full whether new work is refused, as there is no room on disk */
    public OperatorCalls(CamelContext context, ManagedBeans beans, LedgerDatabase ledger, Maps maps, OutboxCounts counts, BooleanSupplier full, boolean sandbox) {
        this.beans = beans;
        overview = new Overview(context, beans, counts, full, sandbox);
        messages = new MessageSearch(ledger, maps);
        ScheduledExecutorService sampler = context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "traffic-history");
        sampler.scheduleAtFixedRate(this::sample, 0, TrafficHistory.EVERY, TimeUnit.MILLISECONDS);
    }

    private void sample() {
        try {
            overview.history().sample();
        } catch (RuntimeException e) {
            // An error would end all further samples.
            LOG.warn("the traffic of the last seconds is not known", LoggedError.of(e));
        }
    }

    /** What is answered as JSON. */
    @FunctionalInterface
    private interface Call {
        Object answer(RoutingContext call) throws Exception;
    }

    void mount(Router router) {
        get(router, "/overview", call -> overview.since(number(call.request().getParam("after"))));
        get(router, "/overview/routes", call -> overview.routes());
        get(router, "/messages", call -> messages.find(call.request().getParam("search", "")));
        post(router, "/accounts/:name/test-sms", this::test);
        switches(router, "account", beans.accounts());
        switches(router, "downstream", beans.downstreams());
    }

    /** /accounts/:name/pause and so on. */
    private static void switches(Router router, String kind, Map<String, ? extends Pausable> all) {
        String path = "/" + kind + "s/:name/";
        post(router, path + "pause", call -> change(call, kind, all, Pausable::pause));
        post(router, path + "resume", call -> change(call, kind, all, Pausable::resume));
        post(router, path + "probe", call -> change(call, kind, all, Pausable::probeNow));
    }

    private static Object change(RoutingContext call, String kind, Map<String, ? extends Pausable> all, Consumer<Pausable> change) {
        Pausable one = known(all, call, kind);
        change.accept(one);
        return Map.of("name", call.pathParam("name"), "state", one.getState());
    }

    private static void get(Router router, String path, Call call) {
        router.get(path).blockingHandler(one -> answer(one, call), false);
    }

    private static void post(Router router, String path, Call call) {
        router.post(path).handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY)).blockingHandler(one -> answer(one, call), false);
    }

    private static void answer(RoutingContext call, Call what) {
        try {
            byte[] json = JSON.writeValueAsBytes(what.answer(call));
            call.response().putHeader("Content-Type", "application/json").end(Buffer.buffer(json));
        } catch (IllegalArgumentException e) {
            ConsoleLogin.refuse(call, 400, e.getMessage());
        } catch (NoSuchElementException e) {
            ConsoleLogin.refuse(call, 404, e.getMessage());
        } catch (SQLException e) {
            ConsoleLogin.refuse(call, 503, "the ledger's database can't be read now; ask again later");
        } catch (Exception e) {
            LOG.error("{} {} can't be answered", call.request().method(), PhoneMask.masked(call.normalizedPath()), LoggedError.of(e));
            ConsoleLogin.refuse(call, 500, "the bridge could not do it; its log says why");
        }
    }

    private static long number(String text) {
        if (text != null && !text.matches("[0-9]{1,15}")) {
            throw new IllegalArgumentException("after: has to be a time in epoch milliseconds");
        }
        return text == null ? 0 : Long.parseLong(text);
    }

    private Object test(RoutingContext call) throws Exception {
        AccountOperations account = known(beans.accounts(), call, "account");
        JsonNode asked;
        try {
            asked = JSON.readTree(call.body().buffer() == null ? new byte[0] : call.body().buffer().getBytes());
        } catch (IOException e) {
            throw new IllegalArgumentException("the body has to be {\"to\", \"text\"}");
        }
        TestSms test = account.test(asked.path("to").asText(), asked.path("text").asText());
        if (test.id() == null) {
            throw new IllegalArgumentException(test.outcome());
        }
        return test;
    }

    private static <T> T known(Map<String, T> all, RoutingContext call, String kind) {
        T found = all.get(call.pathParam("name"));
        if (found == null) {
            throw new NoSuchElementException("there is no such " + kind + "; there are " + String.join(", ", all.keySet()));
        }
        return found;
    }
}

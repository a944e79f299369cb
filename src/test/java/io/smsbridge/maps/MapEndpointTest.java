package io.smsbridge.maps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a route's map: step makes of trees, bytes and text, and of what the map can't make anything of. */
@Tag("quick")
class MapEndpointTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private final Maps maps = new Maps(List.of());
    private DefaultCamelContext context;

    @BeforeEach
    void start() {
        context = new DefaultCamelContext();
        context.addComponent("map", new MapComponent(maps));
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private void route(String uri) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in").to(uri);
            }
        });
        context.start();
    }

    private JsonNode ask(Object body) {
        return context.createProducerTemplate().requestBodyAndHeader("direct:in", body, "account", "main", JsonNode.class);
    }

    @Test
    void aTreeBytesAndTextAreMappedToATreeWithHeadersInSight() throws Exception {
        maps.add("name", "name.jslt", "{\"account\": $headers.account, \"text\": uppercase(.text), \"none\": null}");
        route("map:name");
        for (Object body : List.of(JSON.readTree("{\"text\": \"\u00e9\"}"), "{\"text\": \"\u00e9\"}", "{\"text\": \"\u00e9\"}".getBytes("UTF-8"))) {
            assertThat(ask(body)).isEqualTo(JSON.readTree("{\"account\": \"main\", \"text\": \"\u00c9\"}"));
        }
    }

    @Test
    void whatFailsAmongOthersIsPutAsideAlone() throws Exception {
        maps.add("events", "events.jslt", "{\"events\": [for (.results) number(.)], \"unreadable\": []}");
        route("map:events?each=results");
        assertThat(ask("{\"results\": [\"1\", \"x\", \"3\"]}")).isEqualTo(JSON.readTree("""
                {"events": [1, 3], "unreadable": [{"element": "\\"x\\"", "reason": "the map events.jslt fails: number(x) failed: not a number"}]}
                """));
    }

    @Test
    void aMapThatCannotBeAppliedFailsByItsName() throws Exception {
        maps.add("strict", "strict.jslt", "number(.)");
        route("map:strict");
        assertThatThrownBy(() -> ask("\"x\"")).isInstanceOf(CamelExecutionException.class).hasRootCauseInstanceOf(RuntimeException.class)
                .cause().isInstanceOf(Maps.MapFailed.class).hasMessageContaining("the map strict.jslt fails");
    }

    @Test
    void aMapThatThereIsNotStopsTheStart() {
        assertThatThrownBy(() -> route("map:nowhere")).isInstanceOf(FailedToCreateRouteException.class).rootCause().hasMessageContaining("there is no map nowhere");
    }

    @Test
    void aMapThatDoesNotParseIsAProblemThatNamesItsPlace() {
        maps.add("broken", "routes/maps/broken.jslt", "{\"a\": ");
        assertThat(maps.problems()).singleElement().asString().startsWith("routes/maps/broken.jslt: does not parse");
    }
}

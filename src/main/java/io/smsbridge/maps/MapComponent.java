package io.smsbridge.maps;

import java.util.Map;

import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** {@code map:name}: applies routes/maps/NAME.jslt to the body, from tree to tree. camel-jslt's own endpoint always makes text. */
public final class MapComponent extends DefaultComponent {

    private final Maps maps;

    public MapComponent(Maps maps) {
        this.maps = maps;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        maps.expression(remaining);
        MapEndpoint endpoint = new MapEndpoint(uri, this, maps, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}

package io.smsbridge.forward;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.smsbridge.settings.Block;
import io.smsbridge.settings.EndpointUrl;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.util.URISupport;

/**
 * {@code downstream:NAME}: the Camel endpoint that downstream.NAME.url names. Its own URL, which can hold secrets, is in no route, and the
 * endpoint is not among those that Camel lists.
 */
final class DownstreamComponent extends DefaultComponent {

    private final Map<String, Block> downstreams;

    /** @param downstreams by name, those whose URL is a Camel endpoint */
    DownstreamComponent(Map<String, Block> downstreams) {
        this.downstreams = downstreams;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        Block downstream = downstreams.get(remaining);
        if (downstream == null) {
            throw new IllegalArgumentException("no downstream of that name has a Camel endpoint; there are " + downstreams.keySet());
        }
        return new DownstreamEndpoint(uri, this, endpoint(getCamelContext(), downstream.endpoint()), downstream.endpoint(), downstream.messageHeaders());
    }

    /** One line for each downstream whose endpoint can't be made, with the cure. Nothing is connected to. */
    static List<String> problems(CamelContext context, List<Block> downstreams) {
        List<String> problems = new ArrayList<>();
        for (Block downstream : downstreams) {
            EndpointUrl url = downstream.endpoint();
            if (url == null) {
                continue;
            }
            try {
                if (component(context, url) == null) {
                    problems.add(downstream.key("url") + ": there is no Camel component '" + url.scheme() + "'; put its jars into lib/ beside"
                            + " application.properties, or begin the URL with http:// or https://");
                } else {
                    endpoint(context, url);
                }
            } catch (Exception e) {
                problems.add(downstream.key("url") + ": '" + url + "' can't be used: " + reason(url, e));
            }
        }
        return problems;
    }

    private static Component component(CamelContext context, EndpointUrl url) {
        Component component = context.getComponent(url.scheme(), true, false);
        ServiceHelper.initService(component);
        return component;
    }

    private static Endpoint endpoint(CamelContext context, EndpointUrl url) throws Exception {
        Component component = component(context, url);
        Endpoint endpoint = component.createEndpoint(component.useRawUri() ? url.text() : URISupport.normalizeUri(url.text()));
        endpoint.setCamelContext(context);
        ServiceHelper.buildService(endpoint);
        return endpoint;
    }

    /** Camel names an option that there is not together with its value. */
    private static String reason(EndpointUrl url, Exception error) {
        String message = String.valueOf(error.getMessage());
        List<String> unknown = url.options().keySet().stream().filter(option -> message.contains("{" + option + "=") || message.contains(", " + option + "=")).toList();
        return message.contains("Unknown parameters") && !unknown.isEmpty() ? "there is no option " + String.join(", ", unknown)
                : url.masked(message).lines().findFirst().orElse("");
    }
}

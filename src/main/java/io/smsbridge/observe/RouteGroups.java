package io.smsbridge.observe;

import java.util.Map;

import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;

/**
 * How routes show in Hawtio. Each has its directory as its group, by which they are folded: 1-send, 2-receive and so on; routes that
 * are only steps of others, called by direct:, stand in a group of their own beside it. And the description of a template's route
 * names the account or downstream it is of.
 */
public final class RouteGroups extends ModelLifecycleStrategySupport {

    @Override
    public void onAddRouteDefinition(RouteDefinition route) {
        String file = route.getInput().getLocation();
        String[] path = file == null ? new String[0] : file.split("[/\\\\]");
        if (route.getGroup() == null && path.length > 1) {
            String directory = path[path.length - 2];
            route.setGroup(route.getInput().getEndpointUri().startsWith("direct:") ? directory + " (steps)" : directory);
        }
        if (route.getDescription() != null && route.getTemplateParameters() != null) {
            String description = route.getDescription();
            for (Map.Entry<String, Object> parameter : route.getTemplateParameters().entrySet()) {
                description = description.replace("{{" + parameter.getKey() + "}}", String.valueOf(parameter.getValue()));
            }
            route.setDescription(description);
        }
    }
}

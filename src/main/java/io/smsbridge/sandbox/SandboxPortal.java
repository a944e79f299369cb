package io.smsbridge.sandbox;

import java.net.URI;

import io.smsbridge.security.WebhookDoors;
import io.smsbridge.settings.BlockKind;
import io.smsbridge.settings.Settings;
import org.apache.camel.Exchange;

/** Bean {@code sandboxPortal}: what a user enters in Infobip's portal, here as the accounts' settings say: subscriptions, and how webhooks are authenticated. */
public final class SandboxPortal {

    private final WebhookDoors doors;
    private final String subscription;

    public SandboxPortal(Settings settings, WebhookDoors doors) {
        this.doors = doors;
        // The sandbox has one key for all, so that it can't tell accounts apart: it has one subscription.
        subscription = settings.blocks(BlockKind.ACCOUNT).stream().filter(account -> settings.isSandbox(account) && doors.subscription(account.name())).findFirst()
                .map(account -> settings.get("sandbox.url") + doors.urls(account).path("delivery-reports")).orElse("");
    }

    /** The URL for delivery reports of messages that carry none; empty where no account has a subscription. */
    public String subscription() {
        return subscription;
    }

    /** Sets the headers by which Infobip authenticates itself. Variable url: where the body goes. */
    public void authenticate(Exchange exchange) {
        String[] path = URI.create(exchange.getVariable("url", String.class)).getPath().split("/");
        doors.credentials(path.length > 3 ? path[3] : "", exchange.getMessage().getBody(byte[].class)).forEach(exchange.getMessage()::setHeader);
    }
}

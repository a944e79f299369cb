package io.smsbridge.security;

import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.smsbridge.http.DoorRefusals;
import io.smsbridge.http.SlowDown;
import io.smsbridge.ledger.LedgerDatabase;
import io.smsbridge.settings.InvalidSettings;
import io.smsbridge.settings.OpenDoors;
import io.smsbridge.settings.Settings;
import org.apache.camel.spi.Registry;
import org.apache.camel.util.TimeUtils;

/** Who may call: its beans, by the names that routes call them. */
public final class SecurityModule implements AutoCloseable {

    private final CallerDirectory directory;
    private final SigningKeys keys;

    private SecurityModule(CallerDirectory directory, SigningKeys keys) {
        this.directory = directory;
        this.keys = keys;
    }

    /** @throws InvalidSettings where strangers would reach a real account through /sms, and nothing keeps them out */
    public static SecurityModule bind(Registry registry, LedgerDatabase ledger, Settings settings, DoorRefusals refusals, MeterRegistry meters) {
        String key = settings.get("sms.apiKey");
        boolean open = key.equals(OpenDoors.ON_PURPOSE);
        CallerDirectory directory = new CallerDirectory(ledger, open ? "" : key, meters);
        SigningKeys keys = new SigningKeys(ledger);
        OwnTokens own = new OwnTokens(keys);
        String header = settings.get("sms.apiKeyHeader");
        IssuerTokens issuer = issuer(settings);
        CallerCheck check = new CallerCheck(directory, header, own, issuer);
        String reachedAt = OpenDoors.toStrangers(settings, "http");
        if (!reachedAt.isEmpty() && key.isEmpty() && issuer == null && directory.isEmpty()) {
            directory.close();
            throw new InvalidSettings(List.of("sms.apiKey: empty, and there is no caller, so that anyone who reaches " + reachedAt
                    + " could send through account " + OpenDoors.realAccount(settings) + "; run java -jar infobip-sms-bridge.jar caller add NAME, which"
                    + " prints a key, or give a key here (none lets anyone send, on purpose), or bind http.host=127.0.0.1"));
        }
        SlowDown slow = new SlowDown();
        registry.bind("callers", new CallerDoor(directory, check, header, open,
                key.isEmpty() && reachedAt.isEmpty() && issuer == null, slow, refusals, meters));
        registry.bind("tokens", new TokenDoor(check, own, TimeUtils.toMilliSeconds(settings.get("sms.tokenLifetime")) / 1000, slow, refusals));
        return new SecurityModule(directory, keys);
    }

    private static IssuerTokens issuer(Settings settings) {
        IssuerTokens.Options options = new IssuerTokens.Options(settings.get("sms.jwt.issuer"), settings.get("sms.jwt.keysUrl"),
                settings.get("sms.jwt.audience"), settings.get("sms.jwt.algorithm"), settings.get("sms.jwt.callerClaim"));
        return options.issuer().isEmpty() ? null : new IssuerTokens(options);
    }

    /** From now on changes in the ledger are taken over; the ledger's writer has to be running. */
    public void start() {
        keys.renew();
        directory.start();
    }

    @Override
    public void close() {
        directory.close();
    }
}

package io.smsbridge.settings;

import java.util.Locale;
import java.util.function.UnaryOperator;

import org.apache.camel.util.TimeUtils;

/**
 * One block {@code account.NAME.*}, as typed values. Secrets are not among them.
 *
 * @param sender            empty: none
 * @param priority          of a request that says none: high, normal or auto
 * @param batchSize         most recipients in one call: never more than may be sent in a second
 * @param messagesPerSecond most recipients in a second; 0: no limit
 * @param defaultCountry    whose national numbers a request may hold, an ISO 3166 code; empty: none
 * @param retry             when a call that failed is made again
 */
public record AccountSettings(String name, String sender, String priority, int batchSize, double messagesPerSecond, int parallelSends,
        String defaultCountry, RetrySchedule retry) {

    /** @param setting gives a setting's value or default, or an empty text */
    public static AccountSettings of(String name, UnaryOperator<String> setting) {
        String perSecond = setting.apply("messagesPerSecond");
        int size = Integer.parseInt(setting.apply("batchSize"));
        return new AccountSettings(name, setting.apply("sender"), setting.apply("priority"),
                perSecond.isEmpty() ? size : Math.min(size, Math.max(1, (int) Double.parseDouble(perSecond))),
                perSecond.isEmpty() ? 0 : Double.parseDouble(perSecond), Integer.parseInt(setting.apply("parallelSends")), setting.apply("defaultCountry").toUpperCase(Locale.ROOT),
                new RetrySchedule(TimeUtils.toMilliSeconds(setting.apply("retryDelay")), 2, TimeUtils.toMilliSeconds(setting.apply("retryMaxDelay")), 0,
                        TimeUtils.toMilliSeconds(setting.apply("retryMaxAge")), Integer.MAX_VALUE));
    }
}

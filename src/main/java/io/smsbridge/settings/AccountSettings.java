package io.smsbridge.settings;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.apache.camel.util.TimeUtils;

/**
 * One block {@code account.NAME.*}, as typed values. Secrets are not among them.
 *
 * @param sender            empty: none
 * @param priority          of a request that says none: high, normal or auto
 * @param batchSize         most recipients in one call: never more than may be sent in a second
 * @param messagesPerSecond most recipients in a second; 0: no limit
 * @param defaultCountry    whose national numbers a request may hold, an ISO 3166 code; empty: none
 * @param allowedCountries  to whose numbers alone it sends, as ISO 3166 codes; empty: to any
 * @param recipientsPerDay  most that it accepts in a day; 0: no limit
 * @param messagesPerRecipientAndHour most that it accepts for one number in an hour; 0: no limit
 * @param retry             when a call that failed is made again
 */
public record AccountSettings(String name, String sender, String priority, int batchSize, double messagesPerSecond, int parallelSends,
        String defaultCountry, Set<String> allowedCountries, int recipientsPerDay, int messagesPerRecipientAndHour, RetrySchedule retry) {

    /** @param setting gives a setting's value or default, or an empty text */
    public static AccountSettings of(String name, UnaryOperator<String> setting) {
        String perSecond = setting.apply("messagesPerSecond");
        int size = Integer.parseInt(setting.apply("batchSize"));
        return new AccountSettings(name, setting.apply("sender"), setting.apply("priority"),
                perSecond.isEmpty() ? size : Math.min(size, Math.max(1, (int) Double.parseDouble(perSecond))),
                perSecond.isEmpty() ? 0 : Double.parseDouble(perSecond), Integer.parseInt(setting.apply("parallelSends")), setting.apply("defaultCountry").toUpperCase(Locale.ROOT),
                countries(setting.apply("allowedCountries")), limit(setting.apply("recipientsPerDay")), limit(setting.apply("messagesPerRecipientAndHour")),
                new RetrySchedule(TimeUtils.toMilliSeconds(setting.apply("retryDelay")), 2, TimeUtils.toMilliSeconds(setting.apply("retryMaxDelay")), 0,
                        TimeUtils.toMilliSeconds(setting.apply("retryMaxAge")), Integer.MAX_VALUE));
    }

    static Set<String> countries(String setting) {
        return Arrays.stream(setting.split(",")).map(String::strip).filter(country -> !country.isEmpty()).map(country -> country.toUpperCase(Locale.ROOT))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static int limit(String setting) {
        return setting.isEmpty() ? 0 : Integer.parseInt(setting);
    }
}

package io.smsbridge.settings;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.smsbridge.text.DeliveryWindow;
import io.smsbridge.text.KeywordWords;
import io.smsbridge.text.PhoneNumbers;

/** What an account's settings have to be. */
final class AccountRules {

    private static final Set<String> REGIONS = Set.of("india", "turkey", "south-korea");
    private static final Set<String> CLICK_TRACKING = Set.of("off", "default-domain", "custom-domain");
    /** What a spreadsheet makes of a long number. */
    private static final String ROUNDED = "[0-9]+([.,][0-9]+[eE][+-]?|[eE][+-])[0-9]+";
    private static final Set<String> PRIORITIES = Set.of("auto", "high", "normal");

    private final FieldRules rules;

    AccountRules(FieldRules rules) {
        this.rules = rules;
    }

    void check(Block account) {
        rules.required(account, "baseUrl", "the base URL Infobip shows for your account, https://xxxxx.api.infobip.com");
        rules.required(account, "apiKey", "an API key of your Infobip account with the scope sms:message:send");
        rules.credential(account, "apiKey", "the key alone, which is sent as App KEY");
        baseUrl(account);
        rules.base(account, "publicUrl");
        pull(account);
        rules.wholeNumber(account, "parallelSends", 1, 1_000);
        rules.wholeNumber(account, "batchSize", 1, 10_000);
        rules.wholeNumber(account, "messagesPerSecond", 1, 1_000_000);
        rules.oneOf(account.key("priority"), account.get("priority"), PRIORITIES);
        if (account.has("deliveryTimeWindow") && DeliveryWindow.ofText(account.get("deliveryTimeWindow")) == null) {
            rules.add(account.key("deliveryTimeWindow") + ": '" + account.get("deliveryTimeWindow") + "' has to be " + DeliveryWindow.FORM);
        }

        Set<String> regions = regions(account);
        regions.stream().filter(region -> !REGIONS.contains(region)).forEach(region -> rules.add(
                account.key("region") + ": '" + region + "' is none of " + String.join(", ", new TreeSet<>(REGIONS))));
        if (regions.contains("india")) {
            rules.required(account, "principalEntityId", "your Principal Entity ID from the DLT portal; region=india needs it");
        }
        if (regions.contains("turkey")) {
            rules.required(account, "brandCode", "your IYS brand code; region=turkey needs it");
            rules.required(account, "recipientType", "BIREYSEL or TACIR; region=turkey needs it");
        }
        Stream.of("principalEntityId", "templateId", "telemarketerId").filter(setting -> !account.get(setting).matches("[0-9]{0,40}")).forEach(setting ->
                rules.add(account.key(setting) + ": '" + account.get(setting) + "' has to be digits alone, as in the DLT portal, such as 1107161234567890123"));
        if (account.get("sender").matches(ROUNDED)) {
            rules.add(account.key("sender") + ": '" + account.get("sender") + "' is a rounded number; give all its digits");
        }
        if (account.has("defaultCountry") && !PhoneNumbers.knows(account.get("defaultCountry").toUpperCase(Locale.ROOT))) {
            rules.add(account.key("defaultCountry") + ": '" + account.get("defaultCountry") + "' is no country's ISO 3166 code, such as IN or DE");
        }
        AccountSettings.countries(account.get("allowedCountries")).stream().filter(country -> !PhoneNumbers.knows(country)).forEach(country -> rules.add(
                account.key("allowedCountries") + ": '" + country + "' is no country's ISO 3166 code; separate several by commas, such as IN,DE"));
        rules.wholeNumber(account, "recipientsPerDay", 1, 1_000_000_000);
        rules.wholeNumber(account, "messagesPerRecipientAndHour", 1, 1_000_000);
        rules.wholeNumber(account, "brandCode", Integer.MIN_VALUE, Integer.MAX_VALUE);
        rules.wholeNumber(account, "resellerCode", 0, Integer.MAX_VALUE);
        if (account.has("recipientType")) {
            rules.oneOf(account.key("recipientType"), account.get("recipientType").toUpperCase(Locale.ROOT),
                    Set.of("BIREYSEL", "TACIR", "BIREYCEL"));
        }
        keywords(account);
        rules.oneOf(account.key("clickTracking"), account.get("clickTracking"), CLICK_TRACKING);
        if (account.has("customDomain") && !account.get("customDomain").matches("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+")) {
            rules.add(account.key("customDomain") + ": '" + account.get("customDomain")
                    + "' has to be the domain alone, without https:// and /, such as go.example.com");
        }
        if (account.get("clickTracking").equals("custom-domain")) {
            rules.required(account, "customDomain", "the domain verified in Infobip's portal; clickTracking=custom-domain needs it");
        }
    }

    private void keywords(Block account) {
        Map<String, String> types = new HashMap<>();
        for (String type : List.of("stop", "start", "help")) {
            for (String word : KeywordWords.of(account.get(type + "Words"))) {
                String other = types.putIfAbsent(KeywordWords.bare(word), type);
                if (KeywordWords.bare(word).isEmpty()) {
                    rules.add(account.key(type + "Words") + ": '" + word + "' has no letter or digit");
                } else if (other != null && !other.equals(type)) {
                    rules.add(account.key(type + "Words") + ": '" + word + "' is also in " + other + "Words; keep one");
                }
            }
        }
    }

    private void pull(Block account) {
        if (!account.has("pullInterval")) {
            return;
        }
        int before = rules.problems().size();
        if (rules.duration(account, "pullInterval") < TimeUnit.SECONDS.toMillis(1) && rules.problems().size() == before) {
            rules.add(account.key("pullInterval") + ": '" + account.get("pullInterval") + "' is less than 1s");
        }
        if (account.has("publicUrl")) {
            rules.add(account.key("pullInterval") + ": not together with " + account.key("publicUrl")
                    + ", as Infobip then posts what would be fetched; keep publicUrl where Infobip can reach it, else pullInterval");
        }
    }

    private void baseUrl(Block account) {
        WebUrl url = rules.base(account, "baseUrl");
        if (url != null && url.isOpen()) {
            rules.add(account.key("baseUrl") + ": has to begin with https:// (http only for localhost)");
        }
    }

    static Set<String> regions(Block account) {
        Set<String> regions = new LinkedHashSet<>();
        Arrays.stream(account.get("region").split(",")).map(String::strip).filter(region -> !region.isEmpty()).forEach(regions::add);
        return regions;
    }
}

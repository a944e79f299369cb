package io.smsbridge;

import java.util.Map;

import io.smsbridge.DescribedMBean.Description;

/** Log levels, as an operator sees and changes them in Hawtio. */
@Description("What is logged. Changes hold until the next start.")
public interface LoggingMXBean {

    @Description("The levels that are set, by logger; root is for all others.")
    Map<String, String> getLevels();

    @Description("Sets a logger's level, for all below it, too.")
    String setLevel(
            @Description("The logger: root, a route's as the log shows it, such as send-via-main, or a package, such as org.apache.camel.") String logger,
            @Description("OFF, ERROR, WARN, INFO, DEBUG, TRACE, or empty: as the logger above it.") String level);
}

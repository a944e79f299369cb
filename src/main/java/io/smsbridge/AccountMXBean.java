package io.smsbridge;

import io.smsbridge.DescribedMBean.Description;

/** {@code io.smsbridge:type=accounts,name=NICKNAME}, for Hawtio's JMX tree. */
@Description("One Infobip account. Counts begin with the start of this process.")
public interface AccountMXBean {

    @Description("The account's base URL in Infobip.")
    String getBaseUrl();

    @Description("What the recipient sees, unless the request names another sender.")
    String getSender();

    @Description("The countries whose fields are added.")
    String getRegion();

    @Description("Whether Infobip shortens links and counts clicks.")
    String getLinkTracking();

    @Description("Recipients that Infobip accepted.")
    long getSent();

    @Description("Recipients that Infobip, or the bridge for it, refused.")
    long getRejected();

    @Description("Calls that wait, are retried or in work, with up to batchSize recipients each; -1: the broker can't be asked.")
    long getWaiting();

    @Description("How long ago the oldest of them came, in seconds; -1: the broker can't be asked.")
    long getOldestWaitingSeconds();

    @Description("When the last call that failed did so, and what was answered.")
    String getLastError();

    @Description("Sends one SMS through the routes, as POST /sms/send does, and says what became of it within 15 seconds. It costs what an SMS costs.")
    String sendTestSms(@Description("The recipient in international form, such as +447700900123.") String to,
            @Description("The text; empty: Test message.") String text) throws Exception;
}

package io.smsbridge;

import io.smsbridge.DescribedMBean.Description;

/** {@code io.smsbridge:type=downstreams,name=NAME}, for Hawtio's JMX tree. */
@Description("One downstream. Counts begin with the start of this process.")
public interface DownstreamMXBean {

    @Description("Where events are posted to, without user and query.")
    String getUrl();

    @Description("UP, FAILING (the last call failed), DOWN (only probed), HELD (asked to be left alone), or PAUSED by an operator.")
    String getState();

    @Description("When the first of the failures in a row was.")
    String getFailingSince();

    @Description("When one message is let through to see whether it is up again.")
    String getNextProbe();

    @Description("POSTs that wait, are retried or in work, with up to itemsPerPost events each; -1: the broker can't be asked.")
    long getWaiting();

    @Description("How long ago the oldest of them came, in seconds; -1: the broker can't be asked.")
    long getOldestWaitingSeconds();

    @Description("Events that were taken.")
    long getForwarded();

    @Description("When the last call that failed did so, and what was answered.")
    String getLastError();

    @Description("Posts nothing more; what comes waits in the queue, until resume, or a restart.")
    void pause();

    @Description("Ends a pause.")
    void resume();

    @Description("Does not wait for the next probe's time, where the downstream is down or held.")
    void probeNow();
}

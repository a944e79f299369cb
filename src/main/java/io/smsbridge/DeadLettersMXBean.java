package io.smsbridge;

import java.util.Map;

import io.smsbridge.DescribedMBean.Description;

/** What an operator sees and does in Hawtio. Answers are JSON, as over HTTP; an empty choice leaves nothing out. */
@Description("What was given up, kept until somebody puts it back into its queue or takes it away.")
public interface DeadLettersMXBean {

    @Description("How many dead letters there are.")
    long getTotal() throws Exception;

    @Description("How many there are in each queue.")
    Map<String, Long> getCountsByQueue() throws Exception;

    @Description("How many there are with each reason.")
    Map<String, Long> getCountsByReason() throws Exception;

    @Description("Lists dead letters, each queue's oldest first, with numbers masked.")
    String list(@Description("Of this downstream only.") String downstream,
            @Description("Of this account only.") String account,
            @Description("Only where the reason holds this text.") String reason,
            @Description("Only what was given up longer ago than this, such as 2h.") String olderThan,
            @Description("Only what was given up since, such as 30m.") String newerThan,
            @Description("At most so many; 0: 100.") int limit,
            @Description("Go on after this id, the last list's next.") String after) throws Exception;

    @Description("Shows one dead letter with its payload and every number in it.")
    String show(@Description("The id, as list gives it.") String id) throws Exception;

    @Description("Puts one dead letter back into the queue it comes from.")
    String replayOne(@Description("The id, as list gives it.") String id) throws Exception;

    @Description("Puts dead letters back into the queues they come from. At least one choice has to be made.")
    String replay(@Description("Of this downstream only.") String downstream,
            @Description("Of this account only.") String account,
            @Description("Only where the reason holds this text.") String reason,
            @Description("Only what was given up longer ago than this, such as 2h.") String olderThan,
            @Description("Only what was given up since, such as 30m.") String newerThan) throws Exception;

    @Description("Puts all dead letters back into the queues they come from.")
    String replayAll() throws Exception;

    @Description("Takes one dead letter away for good.")
    String discardOne(@Description("The id, as list gives it.") String id) throws Exception;

    @Description("Takes dead letters away for good. At least one choice has to be made.")
    String discard(@Description("Of this downstream only.") String downstream,
            @Description("Of this account only.") String account,
            @Description("Only where the reason holds this text.") String reason,
            @Description("Only what was given up longer ago than this, such as 2h.") String olderThan,
            @Description("Only what was given up since, such as 30m.") String newerThan) throws Exception;

    @Description("Takes all dead letters away for good.")
    String discardAll() throws Exception;
}

package io.smsbridge.ledger;

import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Takes what waits in the ledger's outbox for one account or downstream, in batches. */
@UriEndpoint(firstVersion = "1.0.0", scheme = "outbox", title = "Outbox", syntax = "outbox:queue", consumerOnly = true, category = Category.DATABASE)
public final class OutboxEndpoint extends DefaultEndpoint {

    private final OutboxConsumer.Means means;
    @UriPath(description = "What waits: sends or events")
    @Metadata(required = true)
    private final String queue;
    @UriParam(description = "The account or the downstream that it waits for")
    @Metadata(required = true)
    private String target;
    @UriParam(description = "Most items in one call", defaultValue = "100")
    private int batchSize = 100;
    @UriParam(description = "Most calls at one time", defaultValue = "8")
    private int parallel = 8;
    @UriParam(description = "Whether one of the calls is kept free for what is high")
    private boolean keepOneFree;
    @UriParam(description = "Milliseconds that few items wait for more while another call is under way", defaultValue = "5")
    private long gather = 5;
    @UriParam(description = "Decides when a call may go: a bean of the type OutboxGate")
    private OutboxGate gate = OutboxGate.OPEN;

    OutboxEndpoint(String uri, Component component, String queue, OutboxConsumer.Means means) {
        super(uri, component);
        this.means = means;
        this.queue = queue;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("outbox: is read only; what waits there is written with what brought it, by the ledger's writer");
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (target == null || target.isEmpty()) {
            throw new IllegalArgumentException("outbox:" + queue + " needs a target: the account or the downstream");
        }
        OutboxConsumer consumer = new OutboxConsumer(this, processor, queue, target, new OutboxCalls.Terms(batchSize, parallel, keepOneFree, gather, gate), means);
        configureConsumer(consumer);
        return consumer;
    }

    public String getQueue() {
        return queue;
    }

    public String getTarget() {
        return target;
    }

    public void setTarget(String target) {
        this.target = target;
    }

    public int getBatchSize() {
        return batchSize;
    }

    public void setBatchSize(int batchSize) {
        this.batchSize = batchSize;
    }

    public int getParallel() {
        return parallel;
    }

    public void setParallel(int parallel) {
        this.parallel = parallel;
    }

    public boolean isKeepOneFree() {
        return keepOneFree;
    }

    public void setKeepOneFree(boolean keepOneFree) {
        this.keepOneFree = keepOneFree;
    }

    public long getGather() {
        return gather;
    }

    public void setGather(long gather) {
        this.gather = gather;
    }

    public OutboxGate getGate() {
        return gate;
    }

    public void setGate(OutboxGate gate) {
        this.gate = gate;
    }
}

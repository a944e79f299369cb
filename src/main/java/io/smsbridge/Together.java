package io.smsbridge;

import java.util.ArrayList;
import java.util.List;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.jms.DefaultJmsMessageListenerContainer;
import org.apache.camel.component.jms.JmsEndpoint;
import org.apache.camel.component.jms.JmsMessage;
import org.apache.camel.component.jms.MessageListenerContainerFactory;
import org.springframework.jms.listener.AbstractMessageListenerContainer;

/**
 * Bean {@code together}: takes what waits behind the message in hand out of its queue, into the same transaction. So under load one
 * commit, one write to the ledger and one POST serve many messages, where each by itself would need its own; a message that comes
 * alone goes alone, at once. For it the route's consumer has to be made here: {@code consumerType=Custom},
 * {@code messageListenerContainerFactory=#bean:together}.
 */
public final class Together implements MessageListenerContainerFactory {

    /** Most messages, and bytes from which on no other is taken: what a transaction of a tenth of a second holds. */
    private static final int MESSAGES = 100;
    private static final long BYTES = 512 * 1024;

    /** Each of a route's consumers has a thread of its own. */
    private final ThreadLocal<MessageConsumer> consumers = new ThreadLocal<>();
    private final boolean alone;

    /** @param alone whether each message stays by itself: a trace can't go on as part of another */
    Together(boolean alone) {
        this.alone = alone;
    }

    @Override
    public AbstractMessageListenerContainer createMessageListenerContainer(JmsEndpoint endpoint) {
        return new DefaultJmsMessageListenerContainer(endpoint) {
            @Override
            protected jakarta.jms.Message receiveMessage(MessageConsumer consumer) throws JMSException {
                consumers.set(consumer);
                return super.receiveMessage(consumer);
            }
        };
    }

    /**
     * The message in hand, and those that wait. One that was delivered before may be what made its transaction fail: it is the last of
     * those it came with, and where it is the first it stays alone, so that it holds up nobody else for good.
     */
    public List<Message> take(Exchange exchange) throws JMSException {
        JmsMessage first = exchange.getIn(JmsMessage.class);
        jakarta.jms.Message last = first.getJmsMessage();
        List<Message> all = new ArrayList<>(List.of(first.copy()));
        long bytes = size(last);
        while (!alone && all.size() < MESSAGES && bytes < BYTES && !last.getJMSRedelivered()
                && (last = consumers.get().receiveNoWait()) != null) {
            all.add(new JmsMessage(exchange, last, first.getJmsSession(), first.getBinding()));
            bytes += size(last);
        }
        return all;
    }

    private static long size(jakarta.jms.Message message) throws JMSException {
        return message instanceof BytesMessage body ? body.getBodyLength() : 0;
    }
}

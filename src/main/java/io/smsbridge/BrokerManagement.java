package io.smsbridge;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;

/**
 * Asks the broker what JMS has no word for, by messages to its management address: an external Artemis answers like the one in this
 * process, where its user may {@code manage}, and may {@code deleteAddress}, that of the temporary queue for the answers.
 */
final class BrokerManagement implements AutoCloseable {

    private static final String ADDRESS = "activemq.management";
    private static final long PATIENCE = 5_000;

    private final long patience;
    private final Session session;
    private final TemporaryQueue answers;
    private final MessageProducer producer;
    private final MessageConsumer consumer;

    /**
     * For many questions.
     *
     * @param patience milliseconds to wait for an answer
     */
    BrokerManagement(Connection connection, long patience) throws JMSException {
        this.patience = patience;
        connection.start();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        try {
            answers = session.createTemporaryQueue();
            producer = session.createProducer(session.createQueue(ADDRESS));
            consumer = session.createConsumer(answers);
        } catch (JMSException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** One question alone. */
    static Object ask(Connection connection, String resource, String operation, Object... parameters) throws JMSException {
        try (BrokerManagement management = new BrokerManagement(connection, PATIENCE)) {
            return management.ask(resource, operation, parameters);
        }
    }

    /**
     * @param resource  {@code broker}, or {@code queue.NAME}
     * @param operation as in Artemis' ActiveMQServerControl or QueueControl
     * @return what the operation returns; null for nothing
     * @throws Refusal when the broker answers that it can't, as for a queue that is no longer there
     */
    Object ask(String resource, String operation, Object... parameters) throws JMSException {
        Message question = session.createMessage();
        question.setJMSReplyTo(answers);
        JMSManagementHelper.putOperationInvocation(question, resource, operation, parameters);
        producer.send(question);
        Message answer = consumer.receive(patience);
        if (answer == null) {
            throw new JMSException("the broker's management does not answer");
        }
        Object result = result(answer);
        if (!JMSManagementHelper.hasOperationSucceeded(answer)) {
            throw new Refusal(operation + " of " + resource + ": " + result);
        }
        return result;
    }

    /** The broker answered, and what it was asked for it can't do. */
    static final class Refusal extends JMSException {

        private static final long serialVersionUID = 1L;

        private Refusal(String reason) {
            super(reason);
        }
    }

    @Override
    public void close() throws JMSException {
        try (session) {
            producer.close();
            consumer.close();
            answers.delete();
        }
    }

    private static Object result(Message answer) throws JMSException {
        try {
            return JMSManagementHelper.getResult(answer);
        } catch (JMSException e) {
            throw e;
        } catch (Exception e) {
            throw new JMSException("the broker's answer can't be read: " + e.getMessage());
        }
    }
}

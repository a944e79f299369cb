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
 * process, where its user has the permission {@code manage}.
 */
final class BrokerManagement {

    private static final String ADDRESS = "activemq.management";
    private static final long PATIENCE = 5_000;

    private BrokerManagement() {
    }

    /**
     * @param resource  {@code broker}, or {@code queue.NAME}
     * @param operation as in Artemis' ActiveMQServerControl or QueueControl
     * @return what the operation returns; null for nothing
     */
    static Object ask(Connection connection, String resource, String operation, Object... parameters) throws JMSException {
        connection.start();
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            TemporaryQueue answers = session.createTemporaryQueue();
            try (MessageProducer producer = session.createProducer(session.createQueue(ADDRESS));
                    MessageConsumer consumer = session.createConsumer(answers)) {
                Message question = session.createMessage();
                question.setJMSReplyTo(answers);
                JMSManagementHelper.putOperationInvocation(question, resource, operation, parameters);
                producer.send(question);
                Message answer = consumer.receive(PATIENCE);
                if (answer == null) {
                    throw new JMSException("the broker's management does not answer");
                }
                Object result = result(answer);
                if (!JMSManagementHelper.hasOperationSucceeded(answer)) {
                    throw new JMSException(operation + " of " + resource + ": " + result);
                }
                return result;
            } finally {
                answers.delete();
            }
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

package io.smsbridge;

import java.lang.annotation.Annotation;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Optional;

import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;

/** An MBean whose attributes, operations and parameters say what they are, in Hawtio too: each as its {@link Description} says. */
final class DescribedMBean extends StandardMBean {

    /** On the MBean's interface, a getter, an operation or a parameter. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
    @interface Description {
        String value();
    }

    private final Class<?> type;

    private <T> DescribedMBean(T bean, Class<T> type) {
        super(bean, type, true);
        this.type = type;
    }

    /** Registers a bean under {@code io.smsbridge:NAME} for as long as the context runs; of two bridges in one process the latter. */
    static <T> void register(CamelContext context, String name, T bean, Class<T> type) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        DescribedMBean mbean = new DescribedMBean(bean, type);
        try {
            ObjectName objectName = new ObjectName("io.smsbridge:" + name);
            context.addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onContextStopping(CamelContext stopping) {
                    unregister(server, objectName);
                }
            });
            unregister(server, objectName);
            server.registerMBean(mbean, objectName);
        } catch (JMException e) {
            throw new IllegalStateException("the MBean " + name + " can't be registered", e);
        }
    }

    private static void unregister(MBeanServer server, ObjectName name) {
        try {
            if (server.isRegistered(name)) {
                server.unregisterMBean(name);
            }
        } catch (JMException e) {
            throw new IllegalStateException("the MBean " + name + " can't be taken away", e);
        }
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return said(type.getAnnotation(Description.class), super.getDescription(info));
    }

    @Override
    protected String getDescription(MBeanAttributeInfo attribute) {
        return Arrays.stream(type.getMethods()).filter(method -> method.getName().equals((attribute.isIs() ? "is" : "get") + attribute.getName()))
                .findFirst().map(method -> said(method.getAnnotation(Description.class), null)).orElse(super.getDescription(attribute));
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation) {
        return method(operation).map(method -> said(method.getAnnotation(Description.class), null)).orElse(super.getDescription(operation));
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
        return parameter(operation, sequence).map(one -> said(one.getAnnotation(Description.class), null))
                .orElse(super.getDescription(operation, parameter, sequence));
    }

    @Override
    protected String getParameterName(MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
        return parameter(operation, sequence).map(Parameter::getName).orElse(super.getParameterName(operation, parameter, sequence));
    }

    private Optional<Method> method(MBeanOperationInfo operation) {
        return Arrays.stream(type.getMethods()).filter(method -> method.getName().equals(operation.getName())
                && method.getParameterCount() == operation.getSignature().length).findFirst();
    }

    private Optional<Parameter> parameter(MBeanOperationInfo operation, int sequence) {
        return method(operation).map(method -> method.getParameters()[sequence]);
    }

    private static String said(Annotation description, String otherwise) {
        return description instanceof Description one ? one.value() : otherwise;
    }
}

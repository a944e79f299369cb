package io.smsbridge.observe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * An MBean of the methods of an object that have a {@link Description}: getters are attributes, all others operations. Camel's own
 * annotations would leave an operation's parameters without names and descriptions, which Hawtio shows whoever fills them in.
 */
public final class AnnotatedMBean implements DynamicMBean {

    /** On the class, a getter, an operation or a parameter: what an operator reads. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
    public @interface Description {
        String value();
    }

    private final Object bean;
    private final List<Method> methods;

    private AnnotatedMBean(Object bean) {
        this.bean = bean;
        methods = Arrays.stream(bean.getClass().getDeclaredMethods()).filter(method -> method.isAnnotationPresent(Description.class))
                .sorted(Comparator.comparing(Method::getName)).toList();
        methods.forEach(method -> method.setAccessible(true));
    }

    /** Registers an object under {@code io.smsbridge:NAME} for as long as the context runs; of two bridges in one process the latter. */
    public static void register(CamelContext context, String name, Object bean) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName objectName = new ObjectName("io.smsbridge:" + name);
            context.addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onContextStopping(CamelContext stopping) {
                    unregister(server, objectName);
                }
            });
            unregister(server, objectName);
            server.registerMBean(new AnnotatedMBean(bean), objectName);
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

    private static boolean isGetter(Method method) {
        return method.getName().startsWith("get") && method.getParameterCount() == 0;
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        List<MBeanAttributeInfo> attributes = new ArrayList<>();
        List<MBeanOperationInfo> operations = new ArrayList<>();
        for (Method method : methods) {
            String description = method.getAnnotation(Description.class).value();
            if (isGetter(method)) {
                attributes.add(new MBeanAttributeInfo(method.getName().substring(3), method.getReturnType().getName(), description, true, false, false));
            } else {
                MBeanParameterInfo[] parameters = Arrays.stream(method.getParameters()).map(parameter -> new MBeanParameterInfo(parameter.getName(),
                        parameter.getType().getName(), parameter.getAnnotation(Description.class).value())).toArray(MBeanParameterInfo[]::new);
                operations.add(new MBeanOperationInfo(method.getName(), description, parameters, method.getReturnType().getName(), MBeanOperationInfo.ACTION));
            }
        }
        return new MBeanInfo(bean.getClass().getName(), bean.getClass().getAnnotation(Description.class).value(),
                attributes.toArray(MBeanAttributeInfo[]::new), null, operations.toArray(MBeanOperationInfo[]::new), null);
    }

    @Override
    public Object getAttribute(String attribute) throws AttributeNotFoundException, MBeanException, ReflectionException {
        Method getter = methods.stream().filter(method -> isGetter(method) && method.getName().equals("get" + attribute)).findFirst()
                .orElseThrow(() -> new AttributeNotFoundException(attribute));
        return call(getter);
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        AttributeList values = new AttributeList();
        for (String name : names) {
            try {
                values.add(new Attribute(name, getAttribute(name)));
            } catch (JMException e) {
                // As the contract has it: what can't be read is left out.
            }
        }
        return values;
    }

    @Override
    public Object invoke(String operation, Object[] arguments, String[] signature) throws MBeanException, ReflectionException {
        // JMX clients give null for no parameters.
        int parameters = signature == null ? 0 : signature.length;
        Method method = methods.stream().filter(one -> !isGetter(one) && one.getName().equals(operation) && one.getParameterCount() == parameters).findFirst()
                .orElseThrow(() -> new ReflectionException(new NoSuchMethodException(operation)));
        return call(method, arguments);
    }

    private Object call(Method method, Object... arguments) throws MBeanException, ReflectionException {
        try {
            return method.invoke(bean, arguments);
        } catch (InvocationTargetException e) {
            throw new MBeanException(e.getCause() instanceof Exception cause ? cause : e, e.getCause().getMessage());
        } catch (IllegalAccessException e) {
            throw new ReflectionException(e);
        }
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(attribute.getName() + " can't be set");
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        return new AttributeList();
    }
}

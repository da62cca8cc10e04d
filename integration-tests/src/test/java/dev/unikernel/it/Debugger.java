package dev.unikernel.it;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.ClassPrepareRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A debugger over TCP, as an IDE's: it lets a JVM that waits for it go, stops it where a method begins, and lets it go on. */
final class Debugger {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final VirtualMachine jvm;
    private final Class<?> type;
    private final String method;
    private final List<String> stops = new ArrayList<>();

    private Debugger(VirtualMachine jvm, Class<?> type, String method) {
        this.jvm = jvm;
        this.type = type;
        this.method = method;
    }

    /**
     * Attaches to a JVM that was started with {@code suspend=y}, and stays until that ends.
     *
     * @param port where the JVM listens at 127.0.0.1
     * @return the methods in which the JVM was stopped, all its threads with it
     */
    static List<String> stopsOf(int port, Class<?> type, String method) throws Exception {
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(each -> each.name().equals("com.sun.jdi.SocketAttach"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(Integer.toString(port));
        Debugger debugger = new Debugger(connector.attach(arguments), type, method);
        debugger.stayToTheEnd();
        return debugger.stops;
    }

    private void stayToTheEnd() throws InterruptedException {
        ClassPrepareRequest loaded = jvm.eventRequestManager().createClassPrepareRequest();
        loaded.addClassFilter(type.getName());
        loaded.enable();
        jvm.resume();
        try {
            for (EventSet events; (events = jvm.eventQueue().remove(PATIENCE.toMillis())) != null; ) {
                events.forEach(this::note);
                if (events.stream().anyMatch(VMDisconnectEvent.class::isInstance)) {
                    return;
                }
                events.resume();
            }
            throw new AssertionError("nothing was heard of the debugged JVM for " + PATIENCE);
        } catch (VMDisconnectedException ended) {
            // Between two looks.
        }
    }

    private void note(Event event) {
        if (event instanceof ClassPrepareEvent prepared) {
            ReferenceType loaded = prepared.referenceType();
            jvm.eventRequestManager()
                    .createBreakpointRequest(loaded.methodsByName(method).get(0).location())
                    .enable();
        } else if (event instanceof BreakpointEvent stopped) {
            stops.add(stopped.location().method().name());
        }
    }
}

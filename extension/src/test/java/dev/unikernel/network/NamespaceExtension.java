package dev.unikernel.network;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** In the outer JVM: runs a test method elsewhere. In the JVM inside of the namespace: steps aside. */
final class NamespaceExtension implements InvocationInterceptor, BeforeAllCallback {

    private static final ExtensionContext.Namespace STARTED =
            ExtensionContext.Namespace.create(NamespaceExtension.class);

    private static final List<String> NAMESPACES =
            List.of("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Class<?> testClass = context.getRequiredTestClass();
        if (!NamespaceMain.isInside()
                && testClass.getAnnotation(OwnNamespace.class).concurrent()) {
            for (Method method :
                    AnnotationSupport.findAnnotatedMethods(testClass, Test.class, HierarchyTraversalMode.TOP_DOWN)) {
                context.getStore(STARTED).put(method, new Started(start(testClass, method)));
            }
        }
    }

    /** Ends with its class, if nobody has waited for it. */
    private record Started(Process process) implements ExtensionContext.Store.CloseableResource, AutoCloseable {

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> called, ExtensionContext context)
            throws Throwable {
        proceedInside(invocation);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> called, ExtensionContext context)
            throws Throwable {
        proceedInside(invocation);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> called, ExtensionContext context)
            throws Throwable {
        if (!proceedInside(invocation)) {
            Started started = context.getStore(STARTED).get(called.getExecutable(), Started.class);
            await(started == null ? start(context.getRequiredTestClass(), called.getExecutable()) : started.process());
        }
    }

    private static boolean proceedInside(Invocation<Void> invocation) throws Throwable {
        boolean inside = NamespaceMain.isInside();
        if (inside) {
            invocation.proceed();
        } else {
            invocation.skip();
        }
        return inside;
    }

    private static Process start(Class<?> testClass, Method method) throws IOException, InterruptedException {
        List<String> namespace = namespace();
        List<String> command = new ArrayList<>(namespace);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Such a JVM lives for a second.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                // All of them are process 1, and would want one file in /tmp.
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                NamespaceMain.class.getName(),
                testClass.getName(),
                method.getName()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void await(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        switch (process.waitFor()) {
            case NamespaceMain.PASSED -> {}
            case NamespaceMain.ABORTED -> abort(output);
            default -> fail("in a network namespace of its own: " + output);
        }
    }

    private static List<String> namespace() throws IOException, InterruptedException {
        for (List<String> user : List.of(List.<String>of(), List.of("--user", "--map-root-user"))) {
            List<String> command = new ArrayList<>(List.of("unshare"));
            command.addAll(user);
            command.addAll(NAMESPACES);
            List<String> trial = new ArrayList<>(command);
            trial.add("true");
            if (new ProcessBuilder(trial)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0) {
                return command;
            }
        }
        return abort("SKIPPED: no network namespace can be made here (unshare --net is refused, with --user, too)");
    }
}

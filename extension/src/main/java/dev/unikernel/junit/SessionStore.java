package dev.unikernel.junit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * The store that lives as long as JUnit's launcher session. The only place that uses what JUnit 5.12, which this is
 * compiled against, does not have.
 */
final class SessionStore {

    private static final String SCOPE = "org.junit.jupiter.api.extension.ExtensionContext$StoreScope";

    private SessionStore() {}

    /** Whether the JUnit that runs has such a store: from 5.13 on. */
    static boolean exists() {
        try {
            Class.forName(SCOPE, false, ExtensionContext.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** @throws ExtensionConfigurationException if this JUnit has none */
    static Store of(ExtensionContext context, Namespace namespace) {
        try {
            Class<?> scopes = Class.forName(SCOPE, false, ExtensionContext.class.getClassLoader());
            Method getStore = ExtensionContext.class.getMethod("getStore", scopes, Namespace.class);
            return (Store) getStore.invoke(context, session(scopes), namespace);
        } catch (ReflectiveOperationException e) {
            Throwable reason = e instanceof InvocationTargetException ? e.getCause() : e;
            throw new ExtensionConfigurationException("the store of JUnit's launcher session cannot be had", reason);
        }
    }

    private static Object session(Class<?> scopes) {
        for (Object scope : scopes.getEnumConstants()) {
            if (scope.toString().equals("LAUNCHER_SESSION")) {
                return scope;
            }
        }
        throw new ExtensionConfigurationException(
                "JUnit's StoreScope has no LAUNCHER_SESSION. Next: please report the version of JUnit.");
    }
}

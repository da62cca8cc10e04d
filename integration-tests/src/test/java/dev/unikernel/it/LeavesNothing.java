package dev.unikernel.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** After each test of the class there is nothing of ours on this machine that was not there before it. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LeavesNothing.Check.class)
@interface LeavesNothing {

    /** Looks before and after. */
    final class Check implements BeforeEachCallback, AfterEachCallback {

        private static final Namespace NAMESPACE = Namespace.create(LeavesNothing.class);

        @Override
        public void beforeEach(ExtensionContext context) {
            context.getStore(NAMESPACE).put(Leftovers.class, Leftovers.now());
        }

        @Override
        public void afterEach(ExtensionContext context) {
            context.getStore(NAMESPACE).get(Leftovers.class, Leftovers.class).assertNothingNew();
        }
    }
}

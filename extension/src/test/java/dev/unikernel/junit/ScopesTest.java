package dev.unikernel.junit;

import static dev.unikernel.junit.FakeRun.DB;
import static dev.unikernel.junit.FakeRun.KERNEL;
import static dev.unikernel.junit.FakeRun.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.unikernel.vm.Vm;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a VM lives, and who shares it. */
class ScopesTest {

    @TempDir
    Path folder;

    private static final List<Long> SEEN = new ArrayList<>();

    private FakeRun run() {
        SEEN.clear();
        return new FakeRun(folder);
    }

    @Test
    void aClassHasOneVmForAllItsTestsAndItsNestedClasses() {
        FakeRun run = run().execute(SharedTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web");
        assertThat(SEEN).hasSize(4);
        assertThat(SEEN).containsOnly(SEEN.get(0));
        assertThat(run.running()).isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class SharedTestCase {

        @Test
        void one(Vm vm) {
            SEEN.add(vm.pid());
        }

        @RepeatedTest(2)
        void more(Vm vm) {
            SEEN.add(vm.pid());
        }

        @Nested
        class Inner {
            @Test
            void sees(Vm vm) {
                SEEN.add(vm.pid());
            }
        }
    }

    @Test
    void theVmIsThereInAfterAllAndInTestWatchersAndGoneAfterwards() {
        FakeRun run = run().execute(LongLivedTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(SEEN).hasSize(2);
        assertThat(run.running()).isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    @ExtendWith(Watching.class)
    static class LongLivedTestCase {
        static Vm vm;

        @Test
        void test() {
            assertTrue(vm.isRunning());
        }

        @AfterAll
        static void afterwards(Vm still) {
            assertTrue(still.isRunning());
            SEEN.add(still.pid());
        }
    }

    static class Watching implements TestWatcher {
        @Override
        public void testSuccessful(ExtensionContext context) {
            if (LongLivedTestCase.vm.isRunning()) {
                SEEN.add(LongLivedTestCase.vm.pid());
            }
        }
    }

    @Test
    void anInheritedAnnotationGivesEachClassOneVmOfItsOwn() {
        FakeRun run = run().execute(FirstHeirTestCase.class, SecondHeirTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web", "web");
        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    abstract static class Parent {
        @Test
        void test(Vm vm) {
            SEEN.add(vm.pid());
        }
    }

    static class FirstHeirTestCase extends Parent {}

    static class SecondHeirTestCase extends Parent {}

    @Test
    void aVmIsTakenAwayAfterItsTestNotAfterItsClassInTheScopeMethod() {
        FakeRun run = run().with("junit.jupiter.testmethod.order.default", MethodOrderer.MethodName.class.getName())
                .execute(TwoFreshTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.events().stream().map(event -> event.split(" ")[0]))
                .containsExactly("boot", "ready", "end", "boot", "ready", "end");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, scope = Scope.METHOD)
    static class TwoFreshTestCase {
        @Test
        void one() {}

        @Test
        void two() {}
    }

    @Test
    void testsThatRunAtTheSameTimeHaveVmsOfTheirOwnInTheScopeMethod() {
        FakeRun run = run().with("junit.jupiter.execution.parallel.enabled", "true")
                .with("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .with("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .with("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .with("unikernel.maxConcurrentBoots", "2")
                .execute(TogetherTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).hasSize(2);
        assertThat(run.running()).isEmpty();
    }

    /** Each VM becomes ready only when both have begun to boot. */
    @UnikernelVm(kernel = KERNEL, cmdline = WEB + " together=2", scope = Scope.METHOD)
    static class TogetherTestCase {
        @Test
        void one() {}

        @Test
        void two() {}
    }

    @Test
    void eachTestHasAVmOfItsOwnInTheScopeMethod() {
        FakeRun run = run().execute(FreshTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(SEEN).hasSize(7).doesNotHaveDuplicates();
        assertThat(run.boots()).hasSize(7);
        assertThat(run.running()).isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, scope = Scope.METHOD)
    static class FreshTestCase {
        private final Vm fromConstructor;
        Vm field;
        Vm seenBefore;

        FreshTestCase(Vm vm) {
            this.fromConstructor = vm;
        }

        @BeforeEach
        void before(Vm vm) {
            seenBefore = vm;
        }

        @Test
        void one(Vm vm) {
            look(vm);
        }

        @RepeatedTest(2)
        void repeated(Vm vm) {
            look(vm);
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void parameterized(int number, Vm vm) {
            look(vm);
        }

        @TestFactory
        Stream<DynamicTest> dynamic(Vm vm) {
            look(vm);
            return Stream.of(1, 2)
                    .map(number -> DynamicTest.dynamicTest("d" + number, () -> assertTrue(vm.isRunning())));
        }

        @Nested
        class Inner {
            @Test
            void sees(Vm vm) {
                look(vm);
            }
        }

        private void look(Vm vm) {
            assertEquals(vm, fromConstructor);
            assertEquals(vm, field);
            assertEquals(vm, seenBefore);
            SEEN.add(vm.pid());
        }
    }

    @Test
    void aPerClassInstanceGetsTheVmOfEachTestIntoItsFields() {
        FakeRun run = run().execute(PerClassFreshTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, scope = Scope.METHOD)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class PerClassFreshTestCase {
        Vm field;

        @RepeatedTest(2)
        void sees(Vm vm) {
            assertEquals(vm, field);
            SEEN.add(vm.pid());
        }
    }

    @Test
    void aVmOfOneTestCannotBeHadBeforeAllOfThem() {
        FakeRun run = run().execute(TooEarlyTestCase.class);

        assertThat(run.boots()).isEmpty();
        assertThat(run.failures()).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(ParameterResolutionException.class)
                .hasMessageContaining("VM 'vm' has the scope METHOD, so there is one for each test only"));
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, scope = Scope.METHOD)
    static class TooEarlyTestCase {
        @BeforeAll
        static void before(Vm vm) {
            fail("no VM yet, but " + vm);
        }

        @Test
        void test() {}
    }

    @Test
    void aClassWhoseTestsAreAllDisabledBootsNothing() {
        FakeRun run = run().execute(DisabledTestCase.class, DisabledClassTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class DisabledTestCase {
        static Vm vm;

        @Test
        @Disabled("for a reason")
        void test() {}

        @Nested
        class Inner {
            @Test
            @Disabled("for another")
            void test() {}
        }
    }

    @Disabled("as a whole")
    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class DisabledClassTestCase {
        @Test
        void test() {}
    }

    @Test
    void oneTestThatIsNotDisabledIsEnoughToBoot() {
        FakeRun run = run().execute(HalfDisabledTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class HalfDisabledTestCase {
        @Test
        @Disabled
        void not() {}

        @Nested
        class Inner {
            @Test
            void but() {}
        }
    }

    @Test
    void aVmThatIsAskedForByAConstructorIsThereBeforeItsPerClassInstance() {
        FakeRun run = run().execute(PerClassTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class PerClassTestCase {
        private final URI uri;

        @VmAddress
        private URI field;

        PerClassTestCase(@VmAddress URI uri) {
            this.uri = uri;
        }

        @Test
        void test(Vm vm) {
            assertEquals(vm.uri(), uri);
            assertEquals(vm.uri(), field);
        }
    }

    /** Spring makes a context there, out of properties that may come from a static field. */
    @Test
    void staticFieldsOfAPerClassInstanceAreThereForExtensionsThatComeLater() {
        PerClassStaticTestCase.field = URI.create("left:over");
        FakeRun run = run().execute(PerClassStaticTestCase.class, PerClassDisabledTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    @ExtendWith(NeedsTheStaticField.class)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class PerClassStaticTestCase {
        @VmAddress
        static URI field;

        @Test
        void test(Vm vm) {
            assertEquals(vm.uri(), field);
        }
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class PerClassDisabledTestCase {
        @VmAddress
        static URI field;

        @Test
        @Disabled
        void test() {}
    }

    static class NeedsTheStaticField implements TestInstancePostProcessor {
        @Override
        public void postProcessTestInstance(Object instance, ExtensionContext context) {
            assertEquals("http", PerClassStaticTestCase.field.getScheme());
        }
    }

    @Test
    void aNestedClassHasItsOwnVmsBesideThoseAroundIt() {
        FakeRun run = run().execute(NestedTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web", "db");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, name = "web")
    static class NestedTestCase {
        /** Unambiguous for its class, whatever a nested one adds. */
        Vm web;

        @Test
        void test() {
            assertEquals("web", web.name());
        }

        @Nested
        @UnikernelVm(kernel = KERNEL, cmdline = DB, name = "db")
        class Inner {
            @Test
            void test(@VmNamed("web") Vm outer, @VmNamed("db") Vm own) {
                assertEquals(web, outer);
                assertEquals("db", own.name());
            }
        }
    }
}

package dev.unikernel.junit;

import static dev.unikernel.junit.FakeRun.DB;
import static dev.unikernel.junit.FakeRun.KERNEL;
import static dev.unikernel.junit.FakeRun.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Several VMs of one class: booted at the same time, named, injected everywhere, taken away in reverse. */
class SeveralVmsTest {

    private static final List<String> SEEN = new ArrayList<>();

    @TempDir
    Path folder;

    private FakeRun run() {
        SEEN.clear();
        return new FakeRun(folder);
    }

    @Test
    void theVmsOfAClassBootAtTheSameTime() {
        // Each becomes ready only when both have begun.
        FakeRun run = run().with("unikernel.maxConcurrentBoots", "2").execute(TogetherTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactlyInAnyOrder("web", "db");
        assertThat(run.running()).isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB + " together=2", name = "web")
    @UnikernelVm(kernel = KERNEL, cmdline = DB + " together=2", name = "db")
    static class TogetherTestCase {
        @Test
        void test() {}
    }

    @Test
    void noMoreVmsBootAtATimeThanTheSettingAllows() {
        FakeRun run = run().with("unikernel.maxConcurrentBoots", "1").execute(TwoTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.events().stream().map(event -> event.split(" ")[0]))
                .containsExactly("boot", "ready", "boot", "ready", "end", "end");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, name = "web")
    @UnikernelVm(kernel = KERNEL, cmdline = DB, name = "db")
    static class TwoTestCase {
        @Test
        void test() {}
    }

    @Test
    void theVmsOfAClassAreTakenAwayInReverseOrder() {
        FakeRun run = run().execute(TwoTestCase.class);

        assertThat(run.ends()).containsExactly("db", "web");
    }

    @Test
    void aClassThatIsNestedEndsItsVmsBeforeThoseAroundIt() {
        FakeRun run = run().execute(NestedTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.ends()).containsExactly("db", "web");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, name = "web")
    static class NestedTestCase {
        @Test
        void test() {}

        @Nested
        @UnikernelVm(kernel = KERNEL, cmdline = DB, name = "db")
        class Inner {
            @Test
            void test() {}
        }
    }

    @Test
    void ofTwoBootsThatFailBothAreTold() {
        FakeRun run = run().execute(TwoFailuresTestCase.class);

        assertThat(run.failures()).singleElement().satisfies(failure -> {
            assertThat(failure)
                    .isInstanceOf(VmStartException.class)
                    .hasMessageStartingWith("VM 'web' did not become ready");
            assertThat(failure.getSuppressed()).singleElement().satisfies(second -> assertThat(second)
                    .hasMessageStartingWith("VM 'db' did not become ready"));
        });
        assertThat(run.boots()).contains("web", "db", "cache");
        assertThat(run.running()).as("the third, which became ready").isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = "name=cache journal=${fake.journal}", name = "cache")
    @UnikernelVm(kernel = KERNEL, cmdline = WEB + " die", name = "web")
    @UnikernelVm(kernel = KERNEL, cmdline = DB + " die", name = "db")
    static class TwoFailuresTestCase {
        @Test
        void test() {}
    }

    @Test
    void aVmIsInjectedInEveryFormIntoEveryPlace() {
        FakeRun run = run().execute(EverywhereTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(SEEN).containsExactly("beforeAll", "constructor", "beforeEach", "test", "afterEach");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, name = "web")
    @UnikernelVm(kernel = KERNEL, cmdline = DB, name = "db")
    static class EverywhereTestCase {
        @VmNamed("web")
        static Vm web;

        @VmAddress
        @VmNamed("db")
        static URI dbUri;

        @VmNamed("db")
        private Vm db;

        @VmAddress
        @VmNamed("web")
        String address;

        @BeforeAll
        static void beforeAll(@VmNamed("web") Vm vm, @VmAddress @VmNamed("db") URL url) throws Exception {
            assertEquals(web, vm);
            assertEquals(dbUri, url.toURI());
            SEEN.add("beforeAll");
        }

        EverywhereTestCase(@VmAddress @VmNamed("web") InetAddress injected) {
            assertEquals(web.address(), injected);
            SEEN.add("constructor");
        }

        @BeforeEach
        void beforeEach(@VmAddress @VmNamed("db") InetSocketAddress injected) {
            assertEquals(new InetSocketAddress(db.address(), 8080), injected);
            SEEN.add("beforeEach");
        }

        @Test
        void test(
                @VmAddress @VmNamed("web") HttpUrl url,
                @VmAddress @VmNamed("db") OkHttpClient client,
                @VmAddress @VmNamed("web") String bare)
                throws Exception {
            assertEquals("http://" + bare + ":8080/", url.toString());
            assertEquals(address, bare);
            try (Response response = client.newCall(
                            new Request.Builder().url(db.uri().toURL()).build())
                    .execute()) {
                assertEquals("db " + db.pid(), response.body().string());
            }
            SEEN.add("test");
        }

        @AfterEach
        void afterEach(@VmNamed("web") Vm vm) {
            assertEquals(web, vm);
            SEEN.add("afterEach");
        }
    }

    @Test
    void extensionsThatAreRegisteredByHandBootBesideAnnotatedOnes() {
        FakeRun run = run().execute(RegisteredTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactlyInAnyOrder("web", "by-hand", "per-test", "per-test");
        assertThat(run.running()).isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, name = "web")
    static class RegisteredTestCase {
        @RegisterExtension
        static final UnikernelVmExtension BY_HAND = UnikernelVmExtension.of(spec("by-hand"));

        @RegisterExtension
        final UnikernelVmExtension perTest = UnikernelVmExtension.of(spec("per-test"));

        @VmNamed("by-hand")
        static Vm byHand;

        private static VmSpec spec(String name) {
            return VmSpec.builder()
                    .kernel(Path.of(FakeRun.current("fake.kernel")))
                    .cmdline("name=" + name + " journal=" + FakeRun.current("fake.journal"))
                    .name(name)
                    .build();
        }

        @Test
        void one(@VmNamed("web") Vm web, @VmNamed("by-hand") Vm injected, @VmNamed("per-test") Vm own) {
            assertEquals(byHand, injected);
            assertThat(List.of(web.pid(), injected.pid(), own.pid())).doesNotHaveDuplicates();
        }

        @Test
        void two(@VmNamed("per-test") Vm own) {
            assertThat(own.isRunning()).isTrue();
        }
    }

    @Test
    void aVmThatCouldBeMeantTwiceIsAnErrorThatNamesAll() {
        FakeRun run = run().execute(AmbiguousTestCase.class);

        assertThat(run.failures()).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessageEndingWith("several VMs could be meant: [web, db]. Next: say which with @VmNamed."));
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, name = "web")
    @UnikernelVm(kernel = KERNEL, cmdline = DB, name = "db")
    static class AmbiguousTestCase {
        @Test
        void test(Vm vm) {
            fail("which one? " + vm);
        }
    }
}

package dev.unikernel.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.unikernel.vm.Vm;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/** What an annotation cannot mean is refused before anything is started, with the attribute's name. */
class MisuseTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NoKernel | @UnikernelVm(kernel) of %s is not set; expected is the path of an ELF with a PVH note or of"
                        + " a Linux bzImage",
                "UnknownPlaceholder | @UnikernelVm(kernel) of %s cannot be used. @UnikernelVm(kernel) of %s is"
                        + " '${no.such.kernel}', but nothing gives no.such.kernel a value.",
                "ZeroMemory | @UnikernelVm(memory) of %s cannot be used. The memory size '0' is zero.",
                "MemoryWithForeignUnit | @UnikernelVm(memory) of %s cannot be used. The memory size '256MB' has the"
                        + " unknown unit 'MB'.",
                "NegativeMemory | @UnikernelVm(memory) of %s cannot be used. The memory size '-1' is negative.",
                "TooMuchMemory | @UnikernelVm(memory) of %s cannot be used. The memory size '99999G' is above 65536G",
                "PortZero | @UnikernelVm(port) of %s cannot be used. port: expected a port from 1 to 65535, but was: 0",
                "PortTooHigh | @UnikernelVm(port) of %s cannot be used. port: expected a port from 1 to 65535, but was:"
                        + " 70000",
                "NoCpus | @UnikernelVm(cpus) of %s cannot be used. cpus: expected 1 to 254, but was: 0",
                "TimeWithoutUnit | @UnikernelVm(startupTimeout) of %s cannot be used. The time '60' has no unit.",
                "BadRegex | @UnikernelVm(failOnSerial) of %s is no regular expression: Unclosed group",
                "BadExitCode | @UnikernelVm(exitCodeOnSerial) of %s is no regular expression: Unclosed group",
                "NoExitCode | @UnikernelVm(exitCodeOnSerial) of %s cannot be used. exitCodeOnSerial: expected a regular"
                        + " expression with exactly one group, the exit code",
                "StatusForTcp | @UnikernelVm(readiness) of %s cannot be used. path and status belong to kind HTTP, but"
                        + " kind is TCP",
                "SerialWithoutPattern | @UnikernelVm(readiness) of %s cannot be used. kind SERIAL needs a pattern",
                "BadNetwork | @UnikernelVm(network) of %s cannot be used. network: expected 1 to 64 letters, digits, dots,"
                        + " underscores or hyphens, but was: 'my lan'",
                "PeerWithoutNetwork | @UnikernelVm(cmdline) of %s cannot be used. cmdline: asks for the address of [db],"
                        + " but VM 'web' shares no network with other VMs; expected is a network",
                "UnknownPeer | the command line of VM 'web' asks for ${vm.bd.address}, but the class has no VM of that"
                        + " name. VMs on the network 'lan' of VM 'web' are [db, web]. Next: name one of these",
                "PeerOfAnotherNetwork | the command line of VM 'web' asks for ${vm.db.address}, but that VM is on the"
                        + " network 'dmz'. VMs on the network 'lan' of VM 'web' are [web].",
                "PeerOnNoNetwork | the command line of VM 'web' asks for ${vm.db.address}, but that VM is on no network.",
                "UnknownPeerOfATest | the command line of VM 'web' asks for ${vm.bd.address}, but the class has no VM",
                "Twins | %s declares two VMs of the name 'vm'. Next: give each its own with the attribute 'name'.",
            })
    void isRefusedWithTheNameOfTheAttribute(String testCase, String message) throws ClassNotFoundException {
        Class<?> testClass = Class.forName(MisuseTest.class.getName() + "$" + testCase + "TestCase");
        assertThat(failureOf(testClass))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessageStartingWith(message.replace("%s", testClass.getName()));
    }

    @Test
    void aTypeThatIsNoFormOfAnAddressIsRefused() {
        assertThat(failureOf(WrongTypeTestCase.class))
                .isInstanceOf(ParameterResolutionException.class)
                .hasMessageEndingWith(
                        "an address can be injected as one of [String, InetAddress, InetSocketAddress, URI,"
                                + " URL, okhttp3.HttpUrl, okhttp3.OkHttpClient], but the type is java.lang.Integer.");
    }

    @Test
    void aNameThatNobodyHasIsRefusedWithThoseThatThereAre() {
        assertThat(failureOf(UnknownNameTestCase.class))
                .isInstanceOf(ParameterResolutionException.class)
                .hasMessageEndingWith("there is no VM named 'web'; the names are [db, cache].");
    }

    @Test
    void severalVmsNeedAName() {
        assertThat(failureOf(AmbiguousTestCase.class))
                .isInstanceOf(ParameterResolutionException.class)
                .hasMessageEndingWith("several VMs could be meant: [db, cache]. Next: say which with @VmNamed.");
    }

    @Test
    void aFinalFieldIsRefused() {
        assertThat(failureOf(FinalFieldTestCase.class))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessageEndingWith("is final, so nothing can be injected. Next: remove 'final'.");
    }

    private static Throwable failureOf(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .execute()
                .allEvents()
                .failed()
                .stream()
                .findFirst()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow())
                .orElseThrow(() -> new AssertionError(testClass + " did not fail"));
    }

    // JUnit makes a PER_CLASS instance before anything is started, so these need no guest.

    abstract static class OneTest {
        @Test
        void test() {}
    }

    @UnikernelVm
    static class NoKernelTestCase extends OneTest {}

    @UnikernelVm(kernel = "${no.such.kernel}")
    static class UnknownPlaceholderTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", memory = "0")
    static class ZeroMemoryTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", memory = "256MB")
    static class MemoryWithForeignUnitTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", memory = "-1")
    static class NegativeMemoryTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", memory = "99999G")
    static class TooMuchMemoryTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", port = 0)
    static class PortZeroTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", port = 70000)
    static class PortTooHighTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", cpus = 0)
    static class NoCpusTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", startupTimeout = "60")
    static class TimeWithoutUnitTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", failOnSerial = "(")
    static class BadRegexTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", exitCodeOnSerial = "exit (\\d+")
    static class BadExitCodeTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", exitCodeOnSerial = "exit \\d+")
    static class NoExitCodeTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", readiness = @Readiness(kind = Readiness.Kind.TCP, status = 200))
    static class StatusForTcpTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", readiness = @Readiness(kind = Readiness.Kind.SERIAL))
    static class SerialWithoutPatternTestCase extends OneTest {}

    @UnikernelVm(kernel = "a")
    @UnikernelVm(kernel = "b")
    static class TwinsTestCase extends OneTest {}

    @UnikernelVm(kernel = "k")
    @TestInstance(Lifecycle.PER_CLASS)
    static class WrongTypeTestCase extends OneTest {
        WrongTypeTestCase(@VmAddress Integer address) {}
    }

    @UnikernelVm(kernel = "k", name = "db")
    @UnikernelVm(kernel = "k", name = "cache")
    @TestInstance(Lifecycle.PER_CLASS)
    static class UnknownNameTestCase extends OneTest {
        UnknownNameTestCase(@VmAddress @VmNamed("web") URI address) {}
    }

    @UnikernelVm(kernel = "k", name = "db")
    @UnikernelVm(kernel = "k", name = "cache")
    @TestInstance(Lifecycle.PER_CLASS)
    static class AmbiguousTestCase extends OneTest {
        AmbiguousTestCase(Vm vm) {}
    }

    @UnikernelVm(kernel = "k")
    @TestInstance(Lifecycle.PER_CLASS)
    static class FinalFieldTestCase extends OneTest {
        @VmAddress
        private final String address = null;
    }

    @UnikernelVm(kernel = "k", network = "my lan")
    static class BadNetworkTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", name = "web", cmdline = "db=${vm.db.address}")
    @UnikernelVm(kernel = "k", name = "db")
    static class PeerWithoutNetworkTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", name = "db", network = "lan")
    @UnikernelVm(kernel = "k", name = "web", network = "lan", cmdline = "db=${vm.bd.address}")
    static class UnknownPeerTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", name = "db", network = "dmz")
    @UnikernelVm(kernel = "k", name = "web", network = "lan", cmdline = "db=${vm.db.address}")
    static class PeerOfAnotherNetworkTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", name = "db")
    @UnikernelVm(kernel = "k", name = "web", network = "lan", cmdline = "db=${vm.db.address}")
    static class PeerOnNoNetworkTestCase extends OneTest {}

    @UnikernelVm(kernel = "k", name = "web", network = "lan", cmdline = "db=${vm.bd.address}", scope = Scope.METHOD)
    static class UnknownPeerOfATestTestCase extends OneTest {}
}

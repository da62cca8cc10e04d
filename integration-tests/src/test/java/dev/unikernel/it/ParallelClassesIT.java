package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmNamed;
import dev.unikernel.vm.Vm;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.testkit.engine.EngineTestKit;

/**
 * Eight classes with two VMs each, classes and methods at the same time: each VM is the one that its class asked for. The
 * system property {@code parallel.rounds} says how often; 2 unless set.
 */
@GuestTest
@LeavesNothing
class ParallelClassesIT {

    private static final int ROUNDS = Integer.getInteger("parallel.rounds", 2);

    /** The boot id that each VM gave, by its greeting. */
    private static final Map<String, String> BOOT_IDS = new ConcurrentHashMap<>();

    @Test
    @Timeout(1200)
    void eachVmAnswersForItselfAlone() {
        for (int round = 1; round <= ROUNDS; round++) {
            BOOT_IDS.clear();
            EngineTestKit.engine("junit-jupiter")
                    .selectors(Stream.of(
                                    ATestCase.class,
                                    BTestCase.class,
                                    CTestCase.class,
                                    DTestCase.class,
                                    ETestCase.class,
                                    FTestCase.class,
                                    GTestCase.class,
                                    HTestCase.class)
                            .map(testCase -> selectClass(testCase))
                            .toArray(ClassSelector[]::new))
                    .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                    .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                    .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "8")
                    .execute()
                    .testEvents()
                    .assertStatistics(
                            tests -> tests.started(8 * 4).succeeded(8 * 4).failed(0));
            assertThat(BOOT_IDS).as("round " + round).hasSize(16);
            assertThat(BOOT_IDS.values()).doesNotHaveDuplicates();
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    abstract static class TwoVms {

        @VmNamed("one")
        private Vm one;

        @VmNamed("two")
        private Vm two;

        @Test
        void theFirstIsOurs() throws Exception {
            isOurs(one, "one");
        }

        @Test
        void theSecondIsOurs() throws Exception {
            isOurs(two, "two");
        }

        @Test
        void theFirstIsStillOurs() throws Exception {
            isOurs(one, "one");
        }

        @Test
        void theSecondIsStillOurs() throws Exception {
            isOurs(two, "two");
        }

        private void isOurs(Vm vm, String name) throws Exception {
            String greeting = getClass().getSimpleName() + "-" + name;
            assertThat(Http.get(vm.uri()).body()).startsWith(greeting);
            String bootId = Http.get(vm.uri("/boot-id")).body();
            String before = BOOT_IDS.putIfAbsent(greeting, bootId);
            assertThat(before).as("of " + greeting).isIn(null, bootId);
        }
    }

    @UnikernelVm(name = "one", kernel = Guests.KERNEL, cmdline = "greeting=ATestCase-one")
    @UnikernelVm(name = "two", kernel = Guests.KERNEL, cmdline = "greeting=ATestCase-two")
    static class ATestCase extends TwoVms {}

    @UnikernelVm(name = "one", kernel = Guests.KERNEL, cmdline = "greeting=BTestCase-one")
    @UnikernelVm(name = "two", kernel = Guests.KERNEL, cmdline = "greeting=BTestCase-two")
    static class BTestCase extends TwoVms {}

    @UnikernelVm(name = "one", kernel = Guests.KERNEL, cmdline = "greeting=CTestCase-one")
    @UnikernelVm(name = "two", kernel = Guests.KERNEL, cmdline = "greeting=CTestCase-two")
    static class CTestCase extends TwoVms {}

    @UnikernelVm(name = "one", kernel = Guests.KERNEL, cmdline = "greeting=DTestCase-one")
    @UnikernelVm(name = "two", kernel = Guests.KERNEL, cmdline = "greeting=DTestCase-two")
    static class DTestCase extends TwoVms {}

    @UnikernelVm(name = "one", kernel = Guests.KERNEL, cmdline = "greeting=ETestCase-one")
    @UnikernelVm(name = "two", kernel = Guests.KERNEL, cmdline = "greeting=ETestCase-two")
    static class ETestCase extends TwoVms {}

    @UnikernelVm(name = "one", kernel = Guests.KERNEL, cmdline = "greeting=FTestCase-one")
    @UnikernelVm(name = "two", kernel = Guests.KERNEL, cmdline = "greeting=FTestCase-two")
    static class FTestCase extends TwoVms {}

    @UnikernelVm(name = "one", kernel = Guests.KERNEL, cmdline = "greeting=GTestCase-one")
    @UnikernelVm(name = "two", kernel = Guests.KERNEL, cmdline = "greeting=GTestCase-two")
    static class GTestCase extends TwoVms {}

    @UnikernelVm(name = "one", kernel = Guests.KERNEL, cmdline = "greeting=HTestCase-one")
    @UnikernelVm(name = "two", kernel = Guests.KERNEL, cmdline = "greeting=HTestCase-two")
    static class HTestCase extends TwoVms {}
}

package dev.unikernel.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.config.Keys;
import dev.unikernel.config.MemorySize;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostTest {

    @TempDir
    Path folder;

    private HostFixture given;

    @BeforeEach
    void makeMachine() {
        given = new HostFixture(folder);
    }

    @ParameterizedTest
    @CsvSource({"Linux, amd64", "Linux, x86_64"})
    void linuxOnX8664IsSupported(String os, String architecture) {
        given.os = os;
        given.architecture = architecture;

        assertThat(given.host().platform()).isEqualTo(new Probe.Available("Linux on x86-64"));
    }

    @ParameterizedTest
    @CsvSource({"Mac OS X, aarch64", "Linux, aarch64", "Windows 11, amd64"})
    void otherPlatformsAreNot(String os, String architecture) {
        given.os = os;
        given.architecture = architecture;

        assertThat(given.host().platform())
                .isEqualTo(new Probe.Missing(
                        "this machine is " + os + " on " + architecture + ", but guests need Linux on x86-64",
                        "Run the tests on such a machine, or skip them elsewhere with"
                                + " unikernel.whenUnavailable=skip."));
    }

    @ParameterizedTest
    @CsvSource({"000001ffffffffff", "0000000000001000"})
    void netAdminIsReadFromTheEffectiveSet(String set) {
        given.write(given.proc.resolve("self/status"), "Name:\tjava\nCapPrm:\t0\nCapEff:\t" + set + "\n");

        assertThat(given.host().netAdmin()).isEqualTo(new Probe.Available("CAP_NET_ADMIN"));
    }

    @Test
    void netAdminIsMissingWithoutItsBit() {
        given.write(
                given.proc.resolve("self/status"),
                "CapPrm:\tffffffffffffffff\nCapEff:\tffffffffffffefff\nCapBnd:\tffffffffffffffff\n");

        assertThat(given.host().netAdmin())
                .isEqualTo(new Probe.Missing(
                        "this process, of the user ann, does not have the capability CAP_NET_ADMIN",
                        "Run the test JVM in a network namespace of its own, where it has that capability (the README"
                                + " has the wrapper), or as root."));
    }

    @Test
    void netAdminIsMissingWhereItCannotBeRead() {
        Path status = given.proc.resolve("self/status");

        assertThat(given.host().netAdmin().missing())
                .contains(new Probe.Missing(
                        "the capabilities of this process cannot be read from " + status
                                + " (java.nio.file.NoSuchFileException: " + status + ")",
                        "Run the test JVM in a network namespace of its own, where it has that capability (the README"
                                + " has the wrapper), or as root."));
    }

    @Test
    void memoryIsComparedWithAllOfTheMachines() {
        given.write(given.proc.resolve("meminfo"), "MemTotal:        8052876 kB\nMemFree:           1 kB\n");
        Host host = given.host();

        assertThat(host.memory(MemorySize.parse("7G"))).isEqualTo(new Probe.Available("memory for 7G"));
        assertThat(host.memory(MemorySize.parse("8G")))
                .isEqualTo(new Probe.Missing(
                        "the guest's memory of 8G is more than the 7.7G that this machine has",
                        "Ask for less memory."));
    }

    @Test
    void unknownMemoryRefusesNothing() {
        assertThat(given.host().memory(MemorySize.parse("60000G")).isAvailable())
                .isTrue();
    }

    @Test
    void factsAreFoundOutOnce() throws Exception {
        Path status = given.write(given.proc.resolve("self/status"), "CapEff:\t1000\n");
        Host host = given.host();
        assertThat(host.netAdmin().isAvailable()).isTrue();

        Files.delete(status);

        assertThat(host.netAdmin().isAvailable()).isTrue();
    }

    @Test
    void firstNeedThatIsMissingRules() {
        Probe there = new Probe.Available("a");
        Probe first = new Probe.Missing("b is not there", "Get b.");
        Probe second = new Probe.Missing("c is not there", "Get c.");

        assertThat(there.and(() -> first).and(() -> second)).isSameAs(first);
        assertThat(there.and(() -> there)).isSameAs(there);
        assertThat(first).hasToString("b is not there. Get b.");
    }

    @Test
    void missingProgramNamesItsSettings() {
        assertThat(Host.noBinary(Keys.CLOUD_HYPERVISOR_BINARY, "cloud-hypervisor"))
                .isEqualTo(new Probe.Missing(
                        "there is no cloud-hypervisor on PATH",
                        "Install it, or say where it is with unikernel.cloudHypervisor.binary or the environment"
                                + " variable UNIKERNEL_CLOUD_HYPERVISOR_BINARY or CLOUD_HYPERVISOR."));
    }

    @Test
    void thisMachineAnswersAll() {
        Host host = Host.current();

        assertThat(host).isSameAs(Host.current());
        assertThat(host.platform().isAvailable()).isTrue();
        assertThat(host.memory(MemorySize.parse("1K")).isAvailable()).isTrue();
        assertThat(host.memory(MemorySize.parse("65536G")).isAvailable()).isFalse();
        for (Probe probe : new Probe[] {host.kvm(), host.tun(), host.netAdmin(), host.ownNamespace()}) {
            assertThat(probe.toString()).isNotBlank();
        }
    }
}

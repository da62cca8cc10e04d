package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.config.Settings;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.network.NetworkMode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WantedTest {

    @ParameterizedTest
    @EnumSource
    void anythingMayBeTakenWhereNothingIsSetButTapsOfTheUsers(NetworkMode mode) {
        Wanted wanted = Wanted.by(Settings.only(Map.of()));

        for (HypervisorKind kind : HypervisorKind.values()) {
            assertThat(wanted.allows(kind, mode)).isEqualTo(mode != NetworkMode.PREMADE);
        }
        assertThat(wanted.leavesAChoice()).isTrue();
        assertThat(wanted.settings())
                .isEqualTo("unikernel.hypervisor=auto (default), unikernel.network=auto (default)");
    }

    @ParameterizedTest
    @EnumSource
    void tapsOfTheUsersAreUsedForAllThen(NetworkMode mode) {
        Wanted wanted = Wanted.by(Settings.only(Map.of("unikernel.tap", "tap0")));

        assertThat(wanted.allows(HypervisorKind.QEMU, mode)).isEqualTo(mode == NetworkMode.PREMADE);
    }

    @ParameterizedTest
    @EnumSource
    void otherDhcpServerGoesWithTapsOnly(NetworkMode mode) {
        Wanted wanted = Wanted.by(Settings.only(Map.of("unikernel.dhcp", "dnsmasq", "unikernel.dhcp.binary", "d")));

        assertThat(wanted.allows(HypervisorKind.QEMU, mode)).isEqualTo(mode == NetworkMode.TAP);
    }

    @Test
    void whatIsSetIsNoChoice() {
        assertThat(wanted("cloud-hypervisor", "tap").leavesAChoice()).isFalse();
        assertThat(wanted("cloud-hypervisor", "auto").leavesAChoice()).isTrue();
        assertThat(wanted("auto", "tap").leavesAChoice()).isTrue();
        assertThat(wanted("cloud-hypervisor", "tap").allows(HypervisorKind.QEMU, NetworkMode.TAP))
                .isFalse();
        assertThat(wanted("cloud-hypervisor", "tap").allows(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.TAP))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "unikernel.dhcp, dnsmasq, unikernel.network, user, is for the network tap",
        "unikernel.dhcp, dnsmasq, unikernel.tap, tap0, is for the network tap",
        "unikernel.dhcp.binary, dnsmasq, unikernel.network, tap, is for another DHCP server than the embedded one",
        "unikernel.network, premade, unikernel.hypervisor, qemu, needs taps that you have made",
        "unikernel.mac, AA:C6:00:00:00:02, unikernel.network, tap, is for taps that you have made",
        "unikernel.tap, tap0, unikernel.network, user, is for the network premade",
        "unikernel.tap, tap0, unikernel.network, tap, is for the network premade"
    })
    void settingsThatContradictEachOtherAreRefused(
            String first, String value, String second, String otherValue, String reason) {
        Settings settings = Settings.only(Map.of(first, value, second, otherValue));

        assertThatThrownBy(() -> Wanted.by(settings))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageStartingWith("No VM can be started: " + first + "=")
                .hasMessageContaining(reason);
    }

    private static Wanted wanted(String hypervisor, String network) {
        return Wanted.by(Settings.only(Map.of("unikernel.hypervisor", hypervisor, "unikernel.network", network)));
    }
}

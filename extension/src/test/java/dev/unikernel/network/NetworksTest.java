package dev.unikernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.host.Host;
import dev.unikernel.host.Probe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworksTest {

    @ParameterizedTest
    @EnumSource(names = {"TAP", "USER"})
    void eachModeHasItsNetwork(NetworkMode mode) {
        assertThat(Networks.of(mode, TapGuard.NONE).mode()).isEqualTo(mode);
    }

    @Test
    void theUserNetworkNeedsNothingSpecial() {
        assertThat(Networks.probe(NetworkMode.USER, Host.current()).isAvailable())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"NAMESPACE", "PREMADE", "HOST_TAP"})
    void aModeThatIsNotThereYetSaysSoAndWhatToUseInstead(NetworkMode mode) {
        Probe.Missing missing = Networks.probe(mode, Host.current()).missing().orElseThrow();
        assertThat(missing.reason()).isEqualTo("the network mode '" + mode.key() + "' is not in this version yet");
        assertThat(missing.fix()).contains("unikernel.network=tap", "unikernel.network=user");

        assertThatThrownBy(() -> Networks.of(mode, TapGuard.NONE))
                .isInstanceOf(NetworkException.class)
                .hasMessage(missing.toString());
    }
}

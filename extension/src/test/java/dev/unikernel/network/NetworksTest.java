package dev.unikernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.host.Probe;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworksTest {

    private static final Settings NOTHING_SET = Settings.only(Map.of());
    private static final ProcessGuard UNUSED = (enter, command, output, errors) -> {
        throw new AssertionError("no process is needed");
    };

    @ParameterizedTest
    @EnumSource(names = {"TAP", "USER"})
    void eachModeHasItsNetwork(NetworkMode mode) {
        assertThat(Networks.of(mode, NOTHING_SET, Host.current(), new Guards(TapGuard.NONE, UNUSED, folder -> {}))
                        .mode())
                .isEqualTo(mode);
    }

    @Test
    void theUserNetworkNeedsNothingSpecial() {
        assertThat(Networks.probe(NetworkMode.USER, NOTHING_SET, Host.current()).isAvailable())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = "HOST_TAP")
    void aModeThatIsNotThereYetSaysSoAndWhatToUseInstead(NetworkMode mode) {
        Probe.Missing missing =
                Networks.probe(mode, NOTHING_SET, Host.current()).missing().orElseThrow();
        assertThat(missing.reason()).isEqualTo("the network mode '" + mode.key() + "' is not in this version yet");
        assertThat(missing.fix()).contains("unikernel.network=tap", "unikernel.network=user");

        assertThatThrownBy(() ->
                        Networks.of(mode, NOTHING_SET, Host.current(), new Guards(TapGuard.NONE, UNUSED, folder -> {})))
                .isInstanceOf(NetworkException.class)
                .hasMessage(missing.toString());
    }
}

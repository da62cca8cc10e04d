package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindingTest {

    private static final Subnet LINK = Subnet.parse("198.18.0.0/30");

    @ParameterizedTest
    @CsvSource({
        "198.18.0.0, 198.18.0.1, 198.18.0.0 is not a host's address in 198.18.0.0/30",
        "198.18.0.3, 198.18.0.1, 198.18.0.3 is not a host's address in 198.18.0.0/30",
        "198.18.0.2, 198.18.0.5, 198.18.0.5 is not a host's address in 198.18.0.0/30",
        "198.18.0.1, 198.18.0.1, 'guest and server need two addresses, but both were: 198.18.0.1'",
    })
    void addressesThatCannotBeAreNamed(String address, String server, String problem) {
        assertThatThrownBy(() -> binding(address, server, 60))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem.replace("''", "'"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5, 0xffffffffL})
    void aLeaseTimeThatTheWireCannotTellIsRefused(long seconds) {
        assertThatThrownBy(() -> binding("198.18.0.2", "198.18.0.1", seconds))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 s to 0xfffffffe s");
    }

    @Test
    void shortestAndLongestLeasesAreTaken() {
        assertThat(binding("198.18.0.2", "198.18.0.1", 1).leaseTime()).hasSeconds(1);
        assertThat(binding("198.18.0.2", "198.18.0.1", 0xfffffffeL).leaseTime()).hasSeconds(0xfffffffeL);
    }

    private static Binding binding(String address, String server, long seconds) {
        return new Binding(
                MacAddress.parse("02:00:00:00:00:01"),
                Ipv4.parse(address),
                Ipv4.parse(server),
                LINK,
                Duration.ofSeconds(seconds));
    }
}

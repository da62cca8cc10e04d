package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unikernel.config.Settings;
import dev.unikernel.vm.BootPhase;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DHCP servers that others wrote, started by the extension beside each guest. */
@DhcpTest
@LeavesNothing
class ExternalServersIT {

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource({"dhcpd,dhcpd", "dnsmasq,dnsmasq", "kea,kea-dhcp4"})
    void eachGivesTwoGuestsTheirAddresses(String choice, String program) throws Exception {
        VmLauncher launcher = launcher(choice, Servers.find(program, folder));
        try (Vm first = launcher.start(Guests.fixture(Guests.image().build(), folder)
                        .name("first")
                        .build());
                Vm second = launcher.start(Guests.fixture(Guests.image().build(), folder)
                        .name("second")
                        .build())) {
            for (Vm vm : new Vm[] {first, second}) {
                assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
                assertThat(vm.lease().address()).isEqualTo(vm.address());
                assertThat(vm.lease().time()).isEqualTo(Duration.ofDays(1));
                assertThat(vm.serialLog())
                        .content()
                        .contains("assigned: " + vm.address().getHostAddress());
                assertThat(vm.timeline().at(BootPhase.LEASED)).isPresent();
            }
            assertThat(first.address()).isNotEqualTo(second.address());
            assertThat(servers(program)).isEqualTo(2);
        }
        assertThat(servers(program)).as("the servers ended with their guests").isZero();
    }

    @Test
    void aServerThatEndsAtOnceIsQuoted() throws IOException {
        Path broken = Files.writeString(
                folder.resolve("dhcpd"), "#!/bin/sh\necho \"Can't open /x: Permission denied\" >&2\nexit 3\n");
        Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwxr-xr-x"));

        VmStartException.PrerequisiteMissing failure =
                catchThrowableOfType(VmStartException.PrerequisiteMissing.class, () -> launcher("dhcpd", broken)
                        .start(Guests.fixture(Guests.image().build(), folder).build()));

        assertThat(failure)
                .hasMessageContaining(broken + ", which shall serve DHCP at uk")
                .hasMessageContaining("ended with 3: 'Can't open /x: Permission denied'")
                .hasMessageContaining("AppArmor");
    }

    private static VmLauncher launcher(String choice, Path program) {
        Map<String, String> parameters = Map.of(
                "unikernel.dhcp", choice, "unikernel.dhcp.binary", program.toString(), "unikernel.network", "tap");
        return VmLauncher.create(Settings.of(name -> Optional.ofNullable(parameters.get(name))));
    }

    /** The processes of this JVM that are such a server. */
    private static long servers(String program) {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").endsWith("/" + program))
                .count();
    }
}

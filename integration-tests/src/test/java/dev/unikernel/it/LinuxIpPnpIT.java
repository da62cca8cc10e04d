package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.config.Settings;
import dev.unikernel.fixtures.LinuxGuest;
import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.network.dhcp.DhcpCapture;
import dev.unikernel.network.dhcp.DhcpMessage;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The Linux kernel as DHCP client, which asks for its address before there is a program: {@code ip=dhcp}. */
@GuestTest
@NeedsIpPnp
@UnikernelVm(kernel = "${LINUX_IP_PNP_KERNEL}", initramfs = "${linux.initramfs}", cmdline = "${linux.cmdline} ip=dhcp")
class LinuxIpPnpIT extends WebServerContract {

    private static final int HOST_NAME = 12;

    LinuxIpPnpIT() {
        super(LinuxGuest.PAGE);
    }

    @Test
    void itsExchangeIsShortAndTellsTheHostNameOfTheCommandLine() throws Exception {
        VmLauncher launcher = VmLauncher.create(Settings.of(name -> name.equals("unikernel.capture")
                ? Optional.of("dhcp")
                : Optional.ofNullable(System.getProperty(name))));
        try (Vm vm = launcher.start(linux("ip=::::web::dhcp").build())) {
            Path capture = vm.serialLog().resolveSibling(DhcpCapture.FILE_NAME);

            assertThat(DhcpTranscript.words(capture))
                    .containsExactly("broadcast DISCOVER", "OFFER", "broadcast REQUEST", "ACK");
            assertThat(DhcpTranscript.messages(capture))
                    .filteredOn(message -> message.op() == DhcpMessage.Op.REQUEST)
                    .extracting(LinuxIpPnpIT::hostName)
                    .containsExactly("web", "web");
            assertThat(Http.get(vm.uri()).body()).isEqualTo(LinuxGuest.PAGE);
        }
    }

    static VmSpec.Builder linux(String ip) {
        return VmSpec.builder()
                .kernel(NeedsIpPnp.Found.kernel())
                .initramfs(Path.of(System.getProperty("linux.initramfs")))
                .cmdline(System.getProperty("linux.cmdline") + " " + ip);
    }

    private static String hostName(DhcpMessage request) {
        List<byte[]> names = request.options().stream()
                .filter(option -> option.code() == HOST_NAME)
                .map(option -> option.value())
                .toList();
        return names.isEmpty() ? "none" : new String(names.get(0), StandardCharsets.US_ASCII);
    }
}

package dev.unikernel.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.TestMachine;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.UserNic;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    private static final Path BINARY = Path.of("/bin/qemu-system-x86_64");

    @Test
    void wholeLineWithATap() {
        Machine machine = new TestMachine()
                .disk("/run/vm/disk.img")
                .readOnlyDisk("/data/a,b.img")
                .cmdline("console=ttyS0")
                .initramfs("/k/initramfs")
                .hypervisorArgs("-device", "virtio-rng-pci")
                .build();

        assertThat(CommandLine.of(BINARY, false, machine))
                .containsExactly(
                        "/bin/qemu-system-x86_64",
                        "-nodefaults",
                        "-no-user-config",
                        "-M",
                        "q35",
                        "-accel",
                        "tcg",
                        "-cpu",
                        "max",
                        "-smp",
                        "1",
                        "-m",
                        "256M",
                        "-display",
                        "none",
                        "-bios",
                        "qboot.rom",
                        "-kernel",
                        "/k/kernel.img",
                        "-initrd",
                        "/k/initramfs",
                        "-append",
                        "console=ttyS0",
                        "-drive",
                        "file=/run/vm/disk.img,format=raw,if=none,id=disk0",
                        "-device",
                        "virtio-blk-pci,drive=disk0",
                        "-drive",
                        "file=/data/a,,b.img,format=raw,if=none,id=disk1,readonly=on",
                        "-device",
                        "virtio-blk-pci,drive=disk1",
                        "-netdev",
                        "tap,id=net0,ifname=uk0,script=no,downscript=no",
                        "-device",
                        "virtio-net-pci,netdev=net0,mac=02:00:00:00:00:01,romfile=",
                        "-chardev",
                        "file,id=serial0,path=/logs/vm/serial.log",
                        "-serial",
                        "chardev:serial0",
                        "-chardev",
                        "stdio,id=qmp0,signal=off",
                        "-mon",
                        "chardev=qmp0,mode=control",
                        "-S",
                        "-no-reboot",
                        "-d",
                        "cpu_reset",
                        "-D",
                        "/run/vm/resets.log",
                        "-device",
                        "virtio-rng-pci");
    }

    @Test
    void userNetworkForwardsEachPortAndCapturesAll() throws UnknownHostException {
        UserNic nic = new UserNic(
                MacAddress.parse("02:00:00:00:00:01"),
                (Inet4Address) InetAddress.getByName("127.77.3.4"),
                List.of(8080, 9090),
                Path.of("/run/vm/capture"));

        assertThat(CommandLine.of(BINARY, false, new TestMachine().nic(nic).build()))
                .containsSequence(
                        "-netdev",
                        "user,id=net0,restrict=on,hostfwd=tcp:127.77.3.4:8080-:8080,hostfwd=tcp:127.77.3.4:9090-:9090",
                        "-object",
                        "filter-dump,id=dump0,netdev=net0,file=/run/vm/capture",
                        "-device",
                        "virtio-net-pci,netdev=net0,mac=02:00:00:00:00:01,romfile=");
    }

    @Test
    void kvmIsUsedIfAskedFor() {
        assertThat(CommandLine.of(BINARY, true, new TestMachine().build())).containsSequence("-accel", "kvm");
    }

    @ParameterizedTest
    @CsvSource({"268435456, 256M", "65536, 64K", "1000001, 1000001B"})
    void memoryCarriesItsUnit(long bytes, String text) {
        assertThat(CommandLine.of(
                        BINARY, false, new TestMachine().memoryBytes(bytes).build()))
                .containsSequence("-m", text);
    }

    @Test
    void optionsThatSayNothingAreLeftOut() {
        assertThat(CommandLine.of(BINARY, false, new TestMachine().build()))
                .doesNotContain("-append", "-initrd", "-drive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-m", "--m", "-kernel", "-serial", "--no-shutdown", "-daemonize", "-accel", "-nographic"})
    void argumentsThatSetOurOptionsAreRefused(String argument) {
        Machine machine = new TestMachine().hypervisorArgs(argument).build();

        assertThatThrownBy(() -> CommandLine.of(BINARY, false, machine))
                .isInstanceOf(HypervisorException.class)
                .hasMessageStartingWith("hypervisorArgs sets " + argument + ", which is set already. Next: ");
    }
}

package dev.unikernel.hypervisor.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.TestMachine;
import dev.unikernel.hypervisor.Version;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.UserNic;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    private static final Path BINARY = Path.of("/bin/cloud-hypervisor");

    @Test
    void wholeLineOfTheNewestVersion() {
        Machine machine = new TestMachine()
                .disk("/run/vm/disk.img")
                .readOnlyDisk("/data/ro.img")
                .cmdline("console=ttyS0 ip=dhcp")
                .initramfs("/k/initramfs")
                .hypervisorArgs("--watchdog")
                .build();

        assertThat(line("53.0", machine))
                .containsExactly(
                        "/bin/cloud-hypervisor",
                        "-v",
                        "--cpus",
                        "boot=1",
                        "--memory",
                        "size=256M",
                        "--console",
                        "off",
                        "--serial",
                        "tty",
                        "--kernel",
                        "/k/kernel.img",
                        "--initramfs",
                        "/k/initramfs",
                        "--cmdline",
                        "console=ttyS0 ip=dhcp",
                        "--disk",
                        "path=/run/vm/disk.img,id=disk0,image_type=raw",
                        "path=/data/ro.img,id=disk1,readonly=on,image_type=raw",
                        "--net",
                        "tap=uk0,mac=02:00:00:00:00:01,id=net0",
                        "--event-monitor",
                        "path=/run/vm/events.json",
                        "--api-socket",
                        "/run/vm/api.sock",
                        "--watchdog");
    }

    @ParameterizedTest
    @ValueSource(strings = {"32.1", "35.0"})
    void eachDiskHasAFlagOfItsOwnBefore36(String version) {
        assertThat(disks(version)).containsExactly("--disk", "path=/a,id=disk0", "--disk", "path=/b,id=disk1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"36.0", "38.0", "39.0", "46.0", "49.0", "50.0"})
    void disksShareAFlagFrom36OnAndHaveNoTypeBefore50Point1(String version) {
        assertThat(disks(version)).containsExactly("--disk", "path=/a,id=disk0", "path=/b,id=disk1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"50.1", "51.0", "52.0", "53.0", "60.0"})
    void disksAreSaidToBeRawFrom50Point1On(String version) {
        assertThat(disks(version))
                .containsExactly("--disk", "path=/a,id=disk0,image_type=raw", "path=/b,id=disk1,image_type=raw");
    }

    @Test
    void optionsThatSayNothingAreLeftOut() {
        assertThat(line("53.0", new TestMachine().build())).doesNotContain("--cmdline", "--initramfs", "--disk");
    }

    @ParameterizedTest
    @CsvSource({"268435456, size=256M", "4294967296, size=4096M", "65536, size=64K", "1000001, size=1000001"})
    void memoryIsInTheLargestUnitThatFits(long bytes, String option) {
        assertThat(line("53.0", new TestMachine().memoryBytes(bytes).build())).containsSequence("--memory", option);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--net", "--kernel=/other", "--serial", "--event-monitor", "--log-file", "--restore"})
    void argumentsThatSetOurOptionsAreRefused(String argument) {
        Machine machine =
                new TestMachine().hypervisorArgs("--watchdog", argument).build();

        assertThatThrownBy(() -> line("53.0", machine))
                .isInstanceOf(HypervisorException.class)
                .hasMessageStartingWith(
                        "hypervisorArgs sets " + argument.split("=")[0] + ", which is set already. Next: ");
    }

    @Test
    void valuesOfArgumentsAreNotTakenForOptions() {
        Machine machine = new TestMachine()
                .hypervisorArgs("--vsock", "cid=3,socket=/run/vm/v")
                .build();

        assertThat(line("53.0", machine)).endsWith("--vsock", "cid=3,socket=/run/vm/v");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a,b.img", "/a[1].img", "/a\"b.img"})
    void pathsThatTheGrammarTakesApartAreRefused(String path) {
        Machine machine = new TestMachine().disk(path).build();

        assertThatThrownBy(() -> line("53.0", machine))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("Cloud Hypervisor's options cannot name the path '" + path
                        + "': it has one of the characters , \" [ ]. Next: use a path without them");
    }

    @Test
    void socketPathOf107BytesIsTheLongest() {
        String folder = "/" + "f".repeat(107 - "/".length() - "/api.sock".length());

        assertThat(line("53.0", new TestMachine().folder(Path.of(folder)).build()))
                .containsSequence("--api-socket", folder + "/api.sock");
        assertThatThrownBy(() -> line(
                        "53.0", new TestMachine().folder(Path.of(folder + "f")).build()))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("may have 107 bytes, but '" + folder + "f/api.sock' has 108");
    }

    @Test
    void userNetworkIsRefused() throws Exception {
        UserNic nic = new UserNic(
                MacAddress.parse("02:00:00:00:00:01"),
                (Inet4Address) InetAddress.getByName("127.77.0.1"),
                List.of(8080),
                Path.of("/run/vm/capture"));

        assertThatThrownBy(() -> line("53.0", new TestMachine().nic(nic).build()))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("Cloud Hypervisor connects its guests by tap devices only, but VM 'web' has a user network."
                        + " Next: set unikernel.network to another mode, or unikernel.hypervisor=qemu");
    }

    private static List<String> disks(String version) {
        List<String> line =
                line(version, new TestMachine().disk("/a").disk("/b").build());
        return line.subList(line.indexOf("--disk"), line.indexOf("--net"));
    }

    private static List<String> line(String version, Machine machine) {
        String[] parts = version.split("\\.");
        return CommandLine.of(BINARY, new Version(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])), machine);
    }
}

package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.unikernel.config.Settings;
import dev.unikernel.host.HostFixture;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.vm.Decision.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor says of machines whose state is known. */
class DoctorTest {

    private final Map<String, String> values = new HashMap<>();

    @TempDir
    Path folder;

    @Test
    void completeMachineStartsVms() {
        Diagnosis diagnosis = examine(Machines.complete(folder));

        assertThat(diagnosis.canStart()).isTrue();
        assertThat(diagnosis.pair()).contains(new Pair(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.TAP));
        assertThat(text(diagnosis))
                .contains("2.0G of 8.0G memory available, svm, no container seen")
                .contains("yes platform Linux on x86-64")
                .contains("yes /dev/kvm KVM of the processor (svm)")
                .contains("yes CAP_NET_ADMIN CAP_NET_ADMIN")
                .contains("yes own network namespace network namespace without foreign interfaces")
                .contains("yes Cloud Hypervisor Cloud Hypervisor 53.0 (" + folder + "/bin/cloud-hypervisor)")
                .contains("yes QEMU QEMU 7.2.22")
                .contains("Settings: all have their defaults")
                .contains("--> Cloud Hypervisor + tap taken")
                .contains("yes QEMU + tap possible")
                .contains("yes QEMU + user possible")
                .doesNotContain("premade")
                .endsWith("VMs run on Cloud Hypervisor with network 'tap' (unikernel.hypervisor=auto (default),"
                        + " unikernel.network=auto (default)).");
    }

    @Test
    void bareMachineIsToldAllThatItLacksWithTheFixes() {
        Diagnosis diagnosis = examine(Machines.bare(folder));

        assertThat(diagnosis.pair()).contains(new Pair(HypervisorKind.QEMU, NetworkMode.USER));
        assertThat(text(diagnosis))
                .contains(
                        "no /dev/kvm " + folder + "/dev/kvm does not exist > Load its module (sudo modprobe kvm_intel")
                .contains("no /dev/net/tun " + folder
                        + "/dev/net/tun does not exist > Load its module (sudo modprobe tun)")
                .contains("no CAP_NET_ADMIN this process, of the user ann, does not have the capability")
                .contains("no own network namespace a tap would change the network of this machine")
                .contains("no new namespaces ")
                .contains("no Cloud Hypervisor there is no cloud-hypervisor on PATH > Install it")
                .contains("no Cloud Hypervisor + tap see Cloud Hypervisor")
                .contains("no Cloud Hypervisor + namespace see Cloud Hypervisor")
                .contains("no QEMU + tap see own network namespace")
                .contains("--> QEMU + user taken")
                .contains("VMs run on QEMU with network 'user'")
                .contains("not Cloud Hypervisor with network 'tap'");
    }

    @Test
    void machineWithoutAHypervisorCannotStartAny() throws IOException {
        HostFixture machine = Machines.bare(folder);
        Files.delete(folder.resolve("bin/qemu-system-x86_64"));
        Diagnosis diagnosis = examine(machine);

        assertThat(diagnosis.canStart()).isFalse();
        assertThat(diagnosis.verdict())
                .isEqualTo("No VM can be started on this machine (unikernel.hypervisor=auto (default) and"
                        + " unikernel.network=auto (default)).");
        assertThat(text(diagnosis)).doesNotContain("-->").contains("no QEMU + user see QEMU");
    }

    @Test
    void hypervisorThatIsTooOldIsSaidSo() {
        HostFixture machine = Machines.complete(folder);
        machine.program("cloud-hypervisor", "echo cloud-hypervisor v30.0.0");

        assertThat(text(examine(machine)))
                .contains("no Cloud Hypervisor Cloud Hypervisor (" + folder
                        + "/bin/cloud-hypervisor) has version 30.0, but" + " at least 32.1 is needed")
                .contains("--> QEMU + tap taken");
    }

    @Test
    void settingsInForceAreShownWithWhereTheyStand() {
        values.put("unikernel.network", "user");
        values.put("unikernel.memory", "1G");
        Diagnosis diagnosis = examine(Machines.complete(folder));

        assertThat(text(diagnosis))
                .contains("Settings unikernel.network=user (JUnit configuration parameter unikernel.network)"
                        + " unikernel.memory=1G (JUnit configuration parameter unikernel.memory)")
                .contains("yes Cloud Hypervisor + tap possible, not wanted")
                .contains("--> QEMU + user taken");
    }

    @Test
    void settingThatIsWrongIsSaidSoAndNothingIsDecided() {
        values.put("unikernel.hypervisor", "xen");
        values.put("unikernel.cpus", "none");
        Diagnosis diagnosis = examine(Machines.complete(folder));

        assertThat(diagnosis.canStart()).isFalse();
        assertThat(diagnosis.verdict()).startsWith("unikernel.hypervisor is 'xen' (JUnit configuration parameter");
        assertThat(text(diagnosis)).contains("> unikernel.cpus is 'none'", "must be a whole number");
    }

    @Test
    void settingsThatContradictEachOtherAreSaidSo() {
        values.put("unikernel.tap", "tap0");
        values.put("unikernel.network", "user");
        Diagnosis diagnosis = examine(Machines.complete(folder));

        assertThat(diagnosis.canStart()).isFalse();
        assertThat(diagnosis.verdict()).contains("unikernel.tap=tap0", "is for the network premade");
    }

    @Test
    void binaryThatIsSetAndNotThereIsSaidSo() {
        values.put("unikernel.cloudHypervisor.binary", "/none/cloud-hypervisor");
        Diagnosis diagnosis = examine(Machines.complete(folder));

        assertThat(diagnosis.canStart()).as("as a start would fail").isFalse();
        assertThat(diagnosis.verdict()).contains("'/none/cloud-hypervisor'", "there is no such file");
        assertThat(text(diagnosis)).contains("no Cloud Hypervisor unikernel.cloudHypervisor.binary is");
    }

    @Test
    void tapsOfTheUsersAreLookedAtIfHeNamesThem() {
        values.put("unikernel.tap", "uk-none0");
        Diagnosis diagnosis = examine(Machines.complete(folder));

        assertThat(diagnosis.candidates())
                .filteredOn(candidate -> candidate.pair().mode() == NetworkMode.PREMADE)
                .hasSize(2)
                .allSatisfy(candidate -> assertThat(candidate.wanted()).isTrue());
        assertThat(diagnosis.canStart()).isFalse();
    }

    @Test
    void programsReadTheSame() {
        HostFixture machine = Machines.bare(folder);
        machine.write(folder.resolve("etc/os-release"), "ID=x\nPRETTY_NAME=\"Mint 22\"\n");
        machine.environment.put("container", "podman");
        values.put("unikernel.memory", "1G");
        Diagnosis diagnosis = examine(machine);
        JsonObject json = JsonParser.parseString(DiagnosisJson.of(diagnosis)).getAsJsonObject();

        assertThat(json.getAsJsonObject("software").get("system").getAsString()).isEqualTo("Mint 22");
        assertThat(json.getAsJsonObject("machine").get("availableMemory").getAsLong())
                .isEqualTo(2L << 30);
        assertThat(json.getAsJsonObject("machine").get("container").getAsString())
                .isEqualTo("podman");
        assertThat(json.getAsJsonArray("settings")
                        .get(0)
                        .getAsJsonObject()
                        .get("value")
                        .getAsString())
                .isEqualTo("1G");
        JsonObject kvm = only(json.getAsJsonArray("findings"), "name", "/dev/kvm");
        assertThat(kvm.get("available").getAsBoolean()).isFalse();
        assertThat(kvm.get("found").isJsonNull()).isTrue();
        assertThat(kvm.get("reason").getAsString()).endsWith("kvm does not exist");
        assertThat(kvm.get("fix").getAsString()).contains("sudo modprobe kvm_intel");
        JsonObject taken = only(json.getAsJsonArray("pairs"), "network", "user");
        assertThat(taken.get("hypervisor").getAsString()).isEqualTo("qemu");
        assertThat(taken.get("taken").getAsBoolean()).isTrue();
        JsonObject ch = only(json.getAsJsonArray("hypervisors"), "name", "Cloud Hypervisor");
        assertThat(ch.get("binary").isJsonNull()).isTrue();
        assertThat(json.get("canStart").getAsBoolean()).isTrue();
        assertThat(json.get("verdict").getAsString()).isEqualTo(diagnosis.verdict());
    }

    @Test
    void strangersLearnNothingOfTheUser() {
        HostFixture machine = Machines.complete(folder);
        machine.program("cloud-hypervisor", "echo cloud-hypervisor v30.0.0");
        machine.write(machine.proc.resolve("self/status"), "CapEff:\t0\n");
        values.put("unikernel.workDir", folder + "/logs");
        Doctor doctor = new Doctor(
                Settings.only(values), machine.host(), Anonymous.of(folder.toString(), "ann", "zeus", "/opt/x"));
        Diagnosis diagnosis = doctor.examine();

        for (String said : List.of(DiagnosisText.of(diagnosis), DiagnosisJson.of(diagnosis))) {
            assertThat(said)
                    .doesNotContain(folder.toString())
                    .doesNotContainPattern("\\bann\\b")
                    .contains("~/logs", "~/bin/cloud-hypervisor", "$USER");
        }
    }

    @Test
    void linesAreWrappedBelowTheirBeginning() {
        for (String line :
                DiagnosisText.of(examine(Machines.bare(folder))).lines().toList()) {
            assertThat(line.length() <= 110 || line.strip().indexOf(' ') < 0 || line.contains(folder.toString()))
                    .as(line)
                    .isTrue();
        }
    }

    @Test
    void decisionIsThatOfAStart() {
        for (HostFixture machine :
                List.of(Machines.complete(folder.resolve("a")), Machines.bare(folder.resolve("b")))) {
            assertThat(examine(machine).pair())
                    .contains(
                            Choice.decide(Settings.only(values), machine.host()).pair());
        }
    }

    private Diagnosis examine(HostFixture machine) {
        return new Doctor(Settings.only(values), machine.host(), Anonymous.of("", "", "", "")).examine();
    }

    /** In one line. */
    private static String text(Diagnosis diagnosis) {
        return DiagnosisText.of(diagnosis).strip().replaceAll("\\s+", " ");
    }

    private static JsonObject only(JsonArray array, String name, String value) {
        List<JsonObject> found = StreamSupport.stream(array.spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .filter(object -> object.get(name).getAsString().equals(value))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }
}

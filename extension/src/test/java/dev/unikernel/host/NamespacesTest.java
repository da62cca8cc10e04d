package dev.unikernel.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said and done about namespaces where unshare behaves in this or that way. */
class NamespacesTest {

    private static final String CAPABLE = "CapEff:\t000001ffffffffff\nSeccomp:\t0\n";
    private static final String NOT_CAPABLE = "CapEff:\t00000000a80425fb\nSeccomp:\t0\n";
    private static final String FILTERED = "CapEff:\t0000000000000000\nSeccomp:\t2\nSeccomp_filters:\t1\n";

    private static final String FIX_CONTAINER = "Start the container with docker run --security-opt seccomp=unconfined"
            + " --security-opt apparmor=unconfined --security-opt systempaths=unconfined, or with --privileged.";

    @TempDir
    Path folder;

    private HostFixture given;

    @BeforeEach
    void makeMachine() {
        given = new HostFixture(folder);
        given.program("nsenter", "exit 0");
        process(NOT_CAPABLE);
        given.write(given.proc.resolve("self/mountinfo"), "22 1 254:1 / / rw,relatime - ext4 /dev/vda rw\n");
    }

    @Test
    void userBecomesRootOfAUserNamespace() {
        Path unshare = unshare("echo \"$@\" >'" + folder.resolve("asked") + "'");
        Host host = given.host();

        assertThat(host.namespaces()).isEqualTo(new Probe.Available("namespaces, by user namespaces"));
        assertThat(host.unshare())
                .containsExactly(
                        unshare.toString(),
                        "--user",
                        "--map-root-user",
                        "--net",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "--mount-proc");
        assertThat(folder.resolve("asked"))
                .hasContent("--user --map-root-user --net --mount --pid --fork --kill-child --mount-proc true");
        assertThat(host.nsenter()).isEqualTo(folder.resolve("bin/nsenter"));
    }

    @Test
    void whoHasTheCapabilitiesNeedsNoUserNamespace() {
        process(CAPABLE);
        Path unshare = unshare("exit 0");
        Host host = given.host();

        assertThat(host.namespaces()).isEqualTo(new Probe.Available("namespaces, by CAP_SYS_ADMIN"));
        assertThat(host.unshare())
                .containsExactly(
                        unshare.toString(), "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CapEff:\t000001ffffdfffff\n", // all but CAP_SYS_ADMIN
                "CapEff:\t000001ffffffefff\n", // all but CAP_NET_ADMIN
                "CapEff:\t000001fffffffbff\n", // all but CAP_NET_BIND_SERVICE
                "CapEff:\tnone\n",
                "Name:\tjava\n"
            })
    void rootThatLacksACapabilityIsAUserLikeOthers(String status) {
        process(status);
        unshare("exit 0");

        assertThat(given.host().unshare()).contains("--user");
    }

    @Test
    void rootFolderThatIsNoMountPointKeepsItsPropagation() {
        process(CAPABLE);
        unshare("case \"$*\" in *'--propagation unchanged true') exit 0 ;; esac\n"
                + "echo 'unshare: cannot change root filesystem propagation: Invalid argument' >&2; exit 1");

        assertThat(given.host().unshare()).endsWith("--mount-proc", "--propagation", "unchanged");
    }

    @Test
    void namespacesAreTriedOnce() {
        unshare("echo once >>'" + folder.resolve("asked") + "'");
        Host host = given.host();

        assertThat(host.namespaces()).isSameAs(host.namespaces());
        assertThat(host.unshare()).isNotEmpty();
        assertThat(folder.resolve("asked")).hasContent("once");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unshare", "nsenter"})
    void programThatIsNotThereIsNamed(String program) throws IOException {
        assumeThat(Path.of("/usr/sbin", program)).doesNotExist();
        unshare("exit 0");
        Files.delete(folder.resolve("bin").resolve(program));

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "there is no " + program + " in any of " + folder.resolve("bin") + ":/usr/sbin:/sbin",
                        "Install util-linux (Debian, Ubuntu: sudo apt-get install util-linux)."));
    }

    @Test
    void whoAsksForWhatCannotBeHadIsToldWhy() {
        refuses("unshare failed: Device or resource busy");
        Host host = given.host();

        String words = "There are no namespaces to be had here: namespaces cannot be made (unshare: unshare failed:"
                + " Device or resource busy). See whether the kernel's log says more (sudo dmesg).";
        assertThatThrownBy(host::unshare).isInstanceOf(HostException.class).hasMessage(words);
        assertThatThrownBy(host::nsenter).isInstanceOf(HostException.class).hasMessage(words);
    }

    @Test
    void appArmorOfUbuntuIsToldWithItsSwitch() {
        sysctl("kernel/apparmor_restrict_unprivileged_userns", "1");
        refuses("write failed /proc/self/uid_map: Operation not permitted");

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "AppArmor forbids user namespaces, by kernel.apparmor_restrict_unprivileged_userns=1 (unshare:"
                                + " write failed /proc/self/uid_map: Operation not permitted)",
                        "Allow them with: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"));
    }

    @Test
    void switchOfDebianIsTold() {
        sysctl("kernel/apparmor_restrict_unprivileged_userns", "0");
        sysctl("kernel/unprivileged_userns_clone", "0");
        refuses("unshare failed: Operation not permitted");

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "the kernel is set to keep user namespaces from users, by kernel.unprivileged_userns_clone=0"
                                + " (unshare: unshare failed: Operation not permitted)",
                        "Allow them with: sudo sysctl -w kernel.unprivileged_userns_clone=1"));
    }

    @Test
    void switchesForUsersDoNotConcernRoot() {
        process(CAPABLE);
        sysctl("kernel/apparmor_restrict_unprivileged_userns", "1");
        sysctl("kernel/unprivileged_userns_clone", "0");
        refuses("unshare failed: Operation not permitted");

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "something of this machine forbids namespaces (unshare: unshare failed: Operation not permitted)",
                        "See whether the kernel's log says what (sudo dmesg)."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "net", "mnt", "pid"})
    void limitOfZeroIsNamed(String kind) {
        for (String each : List.of("user", "net", "mnt", "pid")) {
            sysctl("user/max_" + each + "_namespaces", each.equals(kind) ? "0" : "15000");
        }
        refuses("unshare failed: No space left on device");

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "the kernel is set to allow no namespace of the kind " + kind + ", by user.max_" + kind
                                + "_namespaces=0 (unshare: unshare failed: No space left on device)",
                        "Allow them with: sudo sysctl -w user.max_" + kind + "_namespaces=15000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"No space left on device", "Too many users"})
    void limitThatIsReachedIsTold(String error) {
        refuses("unshare failed: " + error);

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "the kernel allows this user no more namespaces (unshare: unshare failed: " + error + ")",
                        "End the programs that hold some (see lsns), or raise the limits user.max_*_namespaces."));
    }

    @Test
    void filterOfAContainerIsToldBeforeTheSwitchesOfItsHost() {
        process(FILTERED);
        given.write(folder.resolve(".dockerenv"), "");
        sysctl("kernel/apparmor_restrict_unprivileged_userns", "1");
        refuses("unshare failed: Operation not permitted");

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "the container's seccomp filter forbids namespaces (unshare: unshare failed: Operation not"
                                + " permitted)",
                        FIX_CONTAINER));
    }

    @Test
    void containerWithoutAFilterMayForbidThemOtherwise() {
        process(CAPABLE);
        given.environment.put("container", "oci");
        refuses("cannot change root filesystem propagation: Permission denied");

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "the container forbids namespaces (unshare: cannot change root filesystem propagation:"
                                + " Permission denied)",
                        FIX_CONTAINER));
    }

    @Test
    void filterThatIsNoContainersIsTold() {
        process(FILTERED);
        refuses("unshare failed: Operation not permitted");

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "a seccomp filter forbids namespaces (Seccomp: 2 in /proc/self/status) (unshare: unshare"
                                + " failed: Operation not permitted)",
                        "Start the tests without it; a service of systemd, with RestrictNamespaces=no."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mount /proc failed: Operation not permitted",
                "mount /proc failed: Permission denied",
                "cannot open /proc/self/uid_map: Read-only file system"
            })
    void maskedProcIsTold(String error) {
        given.environment.put("container", "oci");
        sysctl("kernel/apparmor_restrict_unprivileged_userns", "1");
        refuses(error);

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "there can be no namespace with a /proc of its own where parts of /proc are masked or"
                                + " read-only, as they are in containers (unshare: " + error + ")",
                        FIX_CONTAINER));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            run/.containerenv | Start the container with podman run --security-opt seccomp=unconfined
            .dockerenv        | Start the container with docker run --security-opt seccomp=unconfined
            unmarked          | Start what this runs in with more rights: docker run --security-opt seccomp=unconfined
            """)
    void fixIsThatOfTheContainersEngine(String mark, String fix) {
        given.write(folder.resolve(mark), "");
        refuses("mount /proc failed: Operation not permitted");

        assertThat(given.host().namespaces().missing().orElseThrow().fix())
                .isEqualTo(fix + " --security-opt apparmor=unconfined --security-opt systempaths=unconfined, or with"
                        + " --privileged.");
    }

    @Test
    void podsAreGivenTheirRightsByTheirSpecification() {
        given.environment.put("KUBERNETES_SERVICE_HOST", "192.0.2.1");
        process(FILTERED);
        refuses("unshare failed: Operation not permitted");

        assertThat(given.host().namespaces().missing().orElseThrow().fix())
                .isEqualTo("Give the container securityContext.privileged: true.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "65 64 254:0 /usr /usr rw - ext4 /dev/vda rw",
                "63 43 254:0 /srv/root / rw,relatime - ext4 /dev/vda rw"
            })
    void chrootIsTold(String mount) {
        given.write(given.proc.resolve("self/mountinfo"), mount + "\n");
        given.write(
                given.proc.resolve("1/mountinfo"),
                "22 1 254:0 / / rw - ext4 /dev/vda rw\n63 43 254:0 /srv/root"
                        + " /mnt rw,relatime - ext4 /dev/vda rw\n");
        refuses("unshare failed: Operation not permitted");

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "there are no user namespaces in a chroot (unshare: unshare failed: Operation not permitted)",
                        "Run the tests outside of it, or as root in it."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unrecognized option '--kill-child'", "unrecognized option: kill-child"})
    void oldProgramIsTold(String error) {
        refuses(error);

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "unshare does not know an option (unshare: " + error + ")",
                        "Install util-linux 2.32 or newer."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Invalid argument", "Function not implemented"})
    void kernelWithoutNamespacesIsTold(String error) {
        refuses("unshare failed: " + error);

        assertThat(given.host().namespaces())
                .isEqualTo(new Probe.Missing(
                        "the kernel does not know such namespaces (unshare: unshare failed: " + error + ")",
                        "Use one with CONFIG_USER_NS, CONFIG_NET_NS and CONFIG_PID_NS."));
    }

    @Test
    void programThatSaysNothingIsQuotedSo() {
        unshare("exit 3");

        assertThat(given.host().namespaces().missing().orElseThrow().reason())
                .isEqualTo("namespaces cannot be made (it said nothing)");
    }

    @Test
    void programThatDoesNotRunSaysWhy() throws IOException {
        Files.writeString(unshare("exit 0"), "#!/none/sh\n");

        assertThat(given.host().namespaces().missing().orElseThrow().reason())
                .startsWith("namespaces cannot be made (java.io.IOException: Cannot run program ")
                .contains("No such file or directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker .dockerenv", "podman run/.containerenv"})
    void containersAreKnownByTheFilesOfTheirEngines(String engineAndFile) {
        String[] parts = engineAndFile.split(" ");
        assertThat(given.host().container()).isEmpty();
        given.write(folder.resolve(parts[1]), "");

        assertThat(given.host().container()).contains(parts[0]);
    }

    @Test
    void containersAreKnownByTheirEnvironment() {
        given.environment.put("container", "systemd-nspawn");
        assertThat(given.host().container()).contains("systemd-nspawn");
        given.environment.put("KUBERNETES_SERVICE_HOST", "192.0.2.1");
        assertThat(given.host().container()).contains("kubernetes");
    }

    @Test
    void namespacesOfThisMachineAreReal() throws Exception {
        Host host = Host.current();
        assumeThat(host.namespaces().missing()).isEmpty();

        List<String> command = new ArrayList<>(host.unshare());
        command.addAll(List.of("sh", "-c", "id -u; echo $$; ls /proc | grep -c '^[0-9]'; grep -c : /proc/net/dev"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());

        assertThat(process.waitFor()).as(said).isZero();
        List<String> lines = said.lines().toList();
        assertThat(lines.subList(0, 2)).containsExactly("0", "1");
        assertThat(Integer.parseInt(lines.get(2))).as("processes in there").isLessThanOrEqualTo(3);
        assertThat(host.nsenter()).isExecutable();
    }

    private Path unshare(String script) {
        return given.program("unshare", script);
    }

    private void refuses(String error) {
        unshare("echo \"unshare: " + error + "\" >&2; exit 1");
    }

    private void process(String status) {
        given.write(given.proc.resolve("self/status"), "Name:\tjava\n" + status);
    }

    private void sysctl(String name, String value) {
        given.write(given.proc.resolve("sys").resolve(name), value + "\n");
    }
}

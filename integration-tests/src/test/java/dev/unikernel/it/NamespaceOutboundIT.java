package dev.unikernel.it;

import static dev.unikernel.it.OutboundIT.awaitFetched;
import static dev.unikernel.it.OutboundIT.fetch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.host.ProgramPath;
import dev.unikernel.it.DoomedJvm.Moment;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to guests in a helper's namespaces that reach out, beside what {@link OutboundIT} sees of them. */
@Tag("namespace")
@ExtendWith(NeedsTheHypervisor.class)
@LeavesNothing
class NamespaceOutboundIT {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final VmLauncher launcher = VmLauncher.create();

    @TempDir
    Path folder;

    @Test
    void theHostsNetworkIsNotTouched() throws Exception {
        HostNetwork before = HostNetwork.now();
        try (LoopbackServer server = new LoopbackServer(1_000);
                Vm vm = launcher.start(outbound("vm").build())) {
            fetch(vm, server);
            awaitFetched(vm, server);
            assertThat(HostNetwork.now()).isEqualTo(before);
        }
        assertThat(HostNetwork.now()).isEqualTo(before);
    }

    @Test
    void guestsThatReachOutReachNoOtherGuestAndAreReachedByNone() throws Exception {
        try (Vm kept = launcher.start(named("kept").build());
                Vm out = launcher.start(outbound("out").build());
                Vm fromOutToKept = launcher.start(outbound("fromOutToKept")
                        .cmdline("peer=" + address(kept))
                        .build());
                Vm fromOutToOut = launcher.start(
                        outbound("fromOutToOut").cmdline("peer=" + address(out)).build());
                Vm fromKeptToOut = launcher.start(
                        named("fromKeptToOut").cmdline("peer=" + address(out)).build())) {
            // By the same way: to what is beyond the host.
            await("out").atMost(PATIENCE).until(() -> answers(out) > 0);
            for (Vm other : List.of(fromOutToKept, fromOutToOut, fromKeptToOut)) {
                reachesNobody(other);
            }
        }
    }

    /** Each decides for itself, also where they are on one segment. */
    @Test
    void guestsOfANetworkReachOutIfTheyAskForItAndEachOtherAnyway() throws Exception {
        try (LoopbackServer server = new LoopbackServer(100_000);
                Vm web = launcher.start(outbound("web").network("lan").build());
                Vm db = launcher.start(
                        named("db").network("lan").cmdline("peer=10.0.2.2").build());
                Vm other = launcher.start(outbound("other")
                        .network("lan")
                        .cmdline("peer=${vm.db.address}")
                        .build());
                Vm elsewhere = launcher.start(outbound("elsewhere")
                        .network("dmz")
                        .cmdline("peer=" + address(web))
                        .build())) {
            fetch(db, server);
            fetch(web, server);
            awaitFetched(web, server);
            await("other").atMost(PATIENCE).until(() -> answers(other) > 0);
            reachesNobody(db);
            reachesNobody(elsewhere);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aGuestThatComesBackOnItsNetworkReachesOutAgain() throws Exception {
        try (LoopbackServer server = new LoopbackServer(1_000);
                Vm db = launcher.start(named("db").network("lan").build())) {
            for (int count = 0; count < 2; count++) {
                try (Vm web = launcher.start(outbound("web").network("lan").build())) {
                    fetch(web, server);
                    awaitFetched(web, server);
                }
            }
            assertThat(db.isRunning()).isTrue();
        }
    }

    @Test
    void oneProcessConnectsForAllGuestsAndIsStartedAgainIfItWasKilled() throws Exception {
        try (LoopbackServer server = new LoopbackServer(1_000);
                Vm first = launcher.start(outbound("first").build());
                Vm second = launcher.start(outbound("second").build())) {
            List<ProcessHandle> connecting = connecting();
            assertThat(connecting).hasSize(1);
            assertThat(connecting.get(0).destroyForcibly()).isTrue();
            await().atMost(PATIENCE).until(() -> connecting().isEmpty());
            try (Vm third = launcher.start(outbound("third").build())) {
                for (Vm vm : List.of(first, second, third)) {
                    fetch(vm, server);
                    awaitFetched(vm, server);
                }
                assertThat(connecting()).hasSize(1).doesNotContainAnyElementsOf(connecting);
            }
        }
    }

    @Test
    void itEndsWithTheHelper() throws Exception {
        try (Vm vm = launcher.start(outbound("vm").build())) {
            assertThat(connecting()).hasSize(1);
            assertThat(NamespaceIT.helper().destroyForcibly()).isTrue();
            assertThat(vm.awaitExit(Duration.ofSeconds(10))).isPresent();
            await().atMost(Duration.ofSeconds(5)).until(() -> connecting().isEmpty());
        }
        try (LoopbackServer server = new LoopbackServer(1_000);
                Vm vm = launcher.start(outbound("vm").build())) {
            fetch(vm, server);
            awaitFetched(vm, server);
        }
    }

    @Test
    void nothingIsLeftOfAJvmThatIsKilled() throws IOException {
        assertNothingIsLeftOf(List.of(JAVA.toString()));
    }

    @Test
    void nothingIsLeftOfAPlainUsersJvmThatIsKilled() throws IOException {
        PlainUser.assumePossible();
        List<String> java = PlainUser.prefix();
        java.add(JAVA.toString());
        assertNothingIsLeftOf(java);
    }

    private void assertNothingIsLeftOf(List<String> java) throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.createDirectory(DoomedJvm.tmp(home));
        List<String> options = DoomedJvm.settings();
        options.addAll(List.of("-cp", readableClassPath(), DoomedMain.class.getName()));
        Path kernel = folder.resolve("fixture.elf");
        PlainUser.copyReadably(FixtureGuest.kernel(), kernel);
        options.add(kernel.toString());
        options.add(FixtureImage.builder()
                .build()
                .writeTo(folder.resolve("web.img"))
                .toString());
        options.add(DoomedMain.OUTBOUND);
        if (PlainUser.isPossible()) {
            PlainUser.give(home);
            PlainUser.give(DoomedJvm.tmp(home));
        }
        try (DoomedJvm jvm = DoomedJvm.start(home, java, options)) {
            jvm.await(Moment.READY);
            assertThat(jvm.processes())
                    .extracting(MarkedProcesses.Marked::program)
                    .contains("slirp4netns");
            jvm.killAt(Moment.READY);
        }
    }

    @Test
    void whatIsMissingIsToldWithTheCommandThatInstallsIt() throws Exception {
        PlainUser.assumePossible();
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
        command.add("mount --bind /dev/null \"$0\" && exec \"$@\"");
        command.add(ProgramPath.ofThisJvm().find("slirp4netns").orElseThrow().toString());
        Prerequisites.assumeSucceeds(List.of("unshare", "--mount", "true"));
        command.add(JAVA.toString());
        command.addAll(DoomedJvm.settings());
        command.addAll(List.of("-cp", DoomedJvm.classPath(), RefusedMain.class.getName()));
        command.addAll(List.of(FixtureGuest.kernel().toString(), DoomedMain.OUTBOUND));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said)
                .contains(
                        "PrerequisiteMissing: VM 'vm' shall reach what this machine reaches (outbound), but there is no"
                                + " slirp4netns, which connects for guests of the network mode 'namespace'")
                .contains("Next: install it (Debian, Ubuntu: sudo apt-get install slirp4netns; Fedora: sudo dnf install"
                        + " slirp4netns), or use QEMU and its network");
    }

    private String readableClassPath() throws IOException {
        PlainUser.letIn(folder);
        return PlainUser.copyClassPathReadably(folder);
    }

    private static VmSpec.Builder named(String name) {
        return VmSpec.builder().kernel(FixtureGuest.kernel()).name(name);
    }

    private static VmSpec.Builder outbound(String name) {
        return named(name).cmdline("peer=10.0.2.2").outbound(true);
    }

    private static String address(Vm vm) {
        return vm.lease().address().getHostAddress();
    }

    /** Asked so often that a way would have been found several times over. */
    private static void reachesNobody(Vm vm) {
        await(vm.name())
                .pollInterval(Duration.ofMillis(20))
                .during(Duration.ofMillis(600))
                .atMost(PATIENCE)
                .until(() -> answers(vm) == 0);
    }

    private static int answers(Vm vm) throws IOException, InterruptedException {
        return Integer.parseInt(Http.get(vm.uri("/peer")).body());
    }

    /** Processes of this JVM that connect for guests. */
    private static List<ProcessHandle> connecting() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").endsWith("/slirp4netns"))
                .toList();
    }
}

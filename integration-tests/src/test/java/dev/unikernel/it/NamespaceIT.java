package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.namespace.NamespaceWrapper;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmExit;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to VMs in a helper's namespaces. */
@Tag("namespace")
@ExtendWith(NeedsTheHypervisor.class)
@LeavesNothing
class NamespaceIT {

    @TempDir
    static Path folder;

    private static VmSpec spec;

    @BeforeAll
    static void makeImage() throws IOException {
        Path image = folder.resolve("web.img");
        FixtureImage.builder().build().writeTo(image);
        spec = VmSpec.builder().kernel(FixtureGuest.kernel()).image(image).build();
    }

    @Test
    void theHostsNetworkIsNotTouched() throws Exception {
        HostNetwork before = HostNetwork.now();
        try (Vm vm = VmLauncher.create().start(spec)) {
            assertThat(vm.address().getHostAddress()).startsWith("127.77.");
            assertThat(vm.lease().address().getHostAddress()).startsWith("198.18.");
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
            assertThat(HostNetwork.now()).isEqualTo(before);
        }
        assertThat(HostNetwork.now()).isEqualTo(before);
    }

    @Test
    void twoJvmsAndOneInTheModeTapDoNotDisturbEachOther(@TempDir Path homes) throws Exception {
        String wrapper = homes.resolve("bin/java").toString();
        NamespaceWrapper.writeTo(Path.of(wrapper));
        Prerequisites.assumeSucceeds(List.of(wrapper, "-version"));
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        HostNetwork before = HostNetwork.now();
        try (DoomedJvm first = start(homes.resolve("first"), java);
                DoomedJvm second = start(homes.resolve("second"), java);
                DoomedJvm tap = start(homes.resolve("tap"), wrapper, "-Dunikernel.network=tap")) {
            List<DoomedJvm> all = List.of(first, second, tap);
            all.forEach(jvm -> jvm.await(DoomedJvm.Moment.READY));
            List<String> guests = answersOf(all);
            assertThat(guests).doesNotHaveDuplicates();
            assertThat(tap.output()).contains(DoomedMain.READY + " at http://198.18.");
            assertThat(HostNetwork.now()).isEqualTo(before);

            first.end();
            assertThat(answersOf(List.of(second, tap))).isEqualTo(guests.subList(1, 3));
            tap.end();
            assertThat(answersOf(List.of(second))).isEqualTo(guests.subList(1, 2));
            second.end();
        }
        assertThat(HostNetwork.now()).isEqualTo(before);
    }

    private static DoomedJvm start(Path home, String java, String... settings) throws IOException {
        Files.createDirectories(DoomedJvm.tmp(home));
        List<String> options = DoomedJvm.settings();
        options.addAll(List.of(settings));
        options.addAll(List.of("-cp", DoomedJvm.classPath(), DoomedMain.class.getName()));
        options.add(spec.kernel().orElseThrow().toString());
        options.add(spec.image().orElseThrow().toString());
        return DoomedJvm.start(home, List.of(java), options);
    }

    /** The boot id of each one's guest. */
    private static List<String> answersOf(List<DoomedJvm> jvms) {
        return jvms.stream().map(DoomedJvm::ask).toList();
    }

    @Test
    void thePlanNamesTheMode() {
        assertThat(VmLauncher.create().plan(spec).networkMode()).isEqualTo(NetworkMode.NAMESPACE);
    }

    /** They are processes of its namespaces. */
    @Test
    void aKilledHelperTakesItsVmsWithItAndTheNextVmGetsAnotherHelper() throws Exception {
        try (Vm first = VmLauncher.create().start(spec);
                Vm second = VmLauncher.create().start(spec)) {
            long helper = helper().pid();
            assertThat(ProcessHandle.of(helper).orElseThrow().destroyForcibly()).isTrue();
            for (Vm vm : List.of(first, second)) {
                VmExit exit = vm.awaitExit(Duration.ofSeconds(10)).orElseThrow();
                assertThat(exit.cause()).contains("was killed by signal 9");
            }
            try (Vm third = VmLauncher.create().start(spec)) {
                assertThat(helper().pid()).isNotEqualTo(helper);
                assertThat(Http.get(third.uri()).statusCode()).isEqualTo(200);
                assertThat(third.address()).isNotIn(first.address(), second.address());
                Awaitility.await()
                        .untilAsserted(() -> assertThat(foldersOfHelpers()).hasSize(1));
            }
        }
    }

    @Test
    void theVmmIsKnownByItsOwnProcessId() throws Exception {
        try (Vm vm = VmLauncher.create().start(spec)) {
            Path program = Files.readSymbolicLink(Path.of("/proc/" + vm.pid() + "/exe"));
            assertThat(program).isEqualTo(Path.of(commandOf(vm)).toRealPath());
        }
    }

    private static String commandOf(Vm vm) throws IOException {
        return Files.readString(Path.of("/proc/" + vm.pid() + "/cmdline")).split("\0")[0];
    }

    private static List<Path> foldersOfHelpers() throws IOException {
        String prefix = "unikernel-helper-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }

    static ProcessHandle helper() {
        return Awaitility.await()
                .until(
                        () -> ProcessHandle.current()
                                .descendants()
                                .filter(process -> process.info()
                                        .commandLine()
                                        .orElse("")
                                        .matches(".*/java .*network\\.namespace\\.NamespaceInit.*"))
                                .filter(process ->
                                        process.info().command().orElse("").endsWith("/java"))
                                .findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
    }
}

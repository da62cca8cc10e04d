package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where namespaces can be made, and what is said where they cannot, by a kernel that really refuses. */
class NamespaceProbeIT {

    private static final List<String> PLAIN_USER =
            List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");

    private static final String OPTIONS = "--net --mount --pid --fork --kill-child --mount-proc";

    /** All of this machine below a folder that is no mount point; then the rest of the command in there. */
    private static final String CHROOT = "cd \"$0\" && mkdir root && for each in /*; do name=root/${each##*/};"
            + " if [ -L \"$each\" ]; then cp -a \"$each\" \"$name\";"
            + " elif [ -d \"$each\" ]; then mkdir \"$name\" && mount --rbind \"$each\" \"$name\"; fi; done;"
            + " exec chroot root \"$@\"";

    @TempDir
    Path shared;

    @BeforeEach
    void becomeReadable() throws Exception {
        PlainUser.assumePossible();
        PlainUser.letIn(shared);
        Prerequisites.assumeSucceeds(List.of("unshare", "--mount", "--pid", "--fork", "--mount-proc", "true"));
    }

    @Test
    void rootNeedsNoUserNamespace() throws Exception {
        assertThat(said(List.of())).isEqualTo("namespaces, by CAP_SYS_ADMIN\n" + unshare() + " " + OPTIONS + "\n");
    }

    @Test
    void plainUserMakesAUserNamespace() throws Exception {
        assumePlainUsersHaveNamespaces();
        assertThat(said(PLAIN_USER))
                .isEqualTo(
                        "namespaces, by user namespaces\n" + unshare() + " --user --map-root-user " + OPTIONS + "\n");
    }

    @Test
    void rootWithoutItsCapabilitiesMakesAUserNamespace() throws Exception {
        assumePlainUsersHaveNamespaces();
        assertThat(said(List.of("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin")))
                .isEqualTo(
                        "namespaces, by user namespaces\n" + unshare() + " --user --map-root-user " + OPTIONS + "\n");
    }

    @Test
    void rootInAChrootLeavesThePropagationOfMounts() throws Exception {
        assertThat(said(inMountsOfItsOwn(CHROOT)))
                .isEqualTo("namespaces, by CAP_SYS_ADMIN\n" + unshare() + " " + OPTIONS + " --propagation unchanged\n");
    }

    @Test
    void plainUserInAChrootIsToldSo() throws Exception {
        assumePlainUsersHaveNamespaces();
        List<String> prefix = new ArrayList<>(inMountsOfItsOwn(CHROOT));
        prefix.addAll(PLAIN_USER);

        assertThat(said(prefix))
                .isEqualTo(
                        "there are no user namespaces in a chroot (unshare: unshare failed: Operation not permitted)."
                                + " Run the tests outside of it, or as root in it.\n");
    }

    @Test
    void plainUserBelowAMaskedProcIsToldSo() throws Exception {
        assumePlainUsersHaveNamespaces();
        assumeTrue(Files.exists(Path.of("/proc/kallsyms")), "there is no /proc/kallsyms to be masked");
        List<String> prefix = new ArrayList<>(List.of(
                "unshare", "--mount", "sh", "-c", "mount --bind /dev/null /proc/kallsyms && exec \"$@\"", "sh"));
        prefix.addAll(PLAIN_USER);

        assertThat(said(prefix))
                .startsWith(
                        "there can be no namespace with a /proc of its own where parts of /proc are masked or"
                                + " read-only, as they are in containers (unshare: mount /proc failed: Operation not permitted). ")
                .contains("--security-opt systempaths=unconfined");
    }

    @Test
    void limitOfTheKernelIsTold() throws Exception {
        assumePlainUsersHaveNamespaces();
        List<String> prefix = new ArrayList<>(PLAIN_USER);
        prefix.addAll(List.of("unshare", "--user", "--map-root-user", "sh", "-c"));
        prefix.addAll(List.of("echo 0 >/proc/sys/user/max_net_namespaces && exec \"$@\"", "sh"));

        assertThat(said(prefix))
                .isEqualTo("the kernel is set to allow no namespace of the kind net, by user.max_net_namespaces=0"
                        + " (unshare: unshare failed: No space left on device). Allow them with: sudo sysctl -w"
                        + " user.max_net_namespaces=15000\n");
    }

    private static void assumePlainUsersHaveNamespaces() throws Exception {
        List<String> command = new ArrayList<>(PLAIN_USER);
        command.addAll(List.of("unshare", "--user", "--map-root-user", "--net", "true"));
        Prerequisites.assumeSucceeds(command);
    }

    private List<String> inMountsOfItsOwn(String script) {
        return List.of("unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script, shared.toString());
    }

    private static Path unshare() {
        return List.of(System.getenv("PATH").split(":")).stream()
                .map(folder -> Path.of(folder, "unshare"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private String said(List<String> prefix) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of("-cp", PlainUser.copyClassPathReadably(shared), NamespacesMain.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }
}

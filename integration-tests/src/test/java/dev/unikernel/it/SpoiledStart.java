package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unikernel.config.Settings;
import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.it.CloudHypervisors.Found;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A start of a VM in which something goes wrong after our own checks and before those of Cloud Hypervisor: a script stands
 * in its place, spoils something and becomes it.
 */
final class SpoiledStart {

    private static final String SCRIPT = """
            #!/usr/bin/env bash
            real='REAL'
            [[ $1 != --version ]] || exec "$real" --version
            unset RUST_BACKTRACE
            set -u
            vmm=("$@") as=() mounts='' folder='' tap='' kernel=''
            for word; do
              case $word in
                path=*/events.json) folder=${word#path=} folder=${folder%/*} ;;
                tap=*) tap=${word#tap=} tap=${tap%%,*} ;;
                *.elf) kernel=$word ;;
              esac
            done
            [[ -n $folder && -n $tap && -n $kernel ]] || exit 99
            disk=$folder/disk0.raw socket=$folder/api.sock

            # As a user whom permissions bind.
            as_plain_user() { as=(setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all); }

            # With a /dev that has these alone.
            with_devices() {
              mounts="mkdir '$folder/dev' && mount -t tmpfs none '$folder/dev' && mkdir '$folder/dev/net' &&
                for device in $*; do
                  touch '$folder/dev/'\\$device && mount --bind /dev/\\$device '$folder/dev/'\\$device
                done && mount --rbind '$folder/dev' /dev"
            }

            # While another VM runs, which has these options.
            beside() {
              "$real" --cpus boot=1 --memory size=64M --console off --serial null --kernel "$kernel" \\
                --event-monitor "path=$folder/other.json" "$@" >"$folder/other.log" 2>&1 &
              await '"booted"' "$folder/other.json"
              "$real" "${vmm[@]}"
              ended $?
            }

            # Ended by this signal when the guest's driver is up and said so.
            ended_by() {
              "$real" "${vmm[@]}" &
              await net0 "$folder/events.json"
              await '\\[nic\\]' "$(readlink "/proc/$$/fd/1")"
              kill -"$1" %1
              wait %1 2>/dev/null
              exit $?
            }

            await() { for _ in {1..500}; do grep -qs "$1" "$2" && return; sleep 0.02; done; }

            ended() {
              kill -KILL %1
              wait 2>/dev/null
              exit "$1"
            }

            SPOIL
            [[ -z $mounts ]] || as=(unshare --mount bash -c "$mounts"' && exec "$@"' bash "${as[@]}")
            exec "${as[@]}" "$real" "${vmm[@]}"
            """;

    private final Found vmm;
    private final Path folder;
    private FixtureImage image = FixtureImage.builder().withoutHttp().build();
    private List<String> arguments = List.of();
    private String spoil = "";

    /** @param folder the test's own */
    SpoiledStart(Found vmm, Path folder) {
        this.vmm = vmm;
        this.folder = folder;
    }

    /** What the script does: bash, with the variables kernel, disk, tap, socket, folder and vmm, the VMM's arguments. */
    SpoiledStart by(String bash) {
        spoil = bash;
        return this;
    }

    SpoiledStart of(FixtureImage guest) {
        image = guest;
        return this;
    }

    SpoiledStart with(String... hypervisorArgs) {
        arguments = List.of(hypervisorArgs);
        return this;
    }

    /** The arguments of {@link #with}, as they stand at the end of a command line. */
    String arguments() {
        return arguments.isEmpty() ? "" : " " + String.join(" ", arguments);
    }

    /** The failure's kind and its whole message, with names for what differs between machines and starts. */
    String failure() throws IOException {
        Path kernel = folder.resolve("kernel.elf");
        Files.copy(FixtureGuest.kernel(), kernel, StandardCopyOption.REPLACE_EXISTING);
        VmSpec spec = Guests.fixture(image, folder)
                .kernel(kernel)
                .hypervisorArgs(arguments)
                .startupTimeout(Duration.ofSeconds(30))
                .build();
        VmLauncher launcher = VmLauncher.create(Settings.only(Map.of(
                "unikernel.hypervisor",
                "cloud-hypervisor",
                "unikernel.network",
                "tap",
                "unikernel.cloudHypervisor.binary",
                script().toString(),
                "unikernel.workDir",
                folder.resolve("logs").toString())));
        long startedAt = System.nanoTime();
        VmStartException failure = catchThrowableOfType(
                VmStartException.class, () -> launcher.start(spec).close());
        assertThat(failure).as("the start fails").isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - startedAt))
                .as("the wait ends at once")
                .isLessThan(Duration.ofSeconds(15));
        return failure.getClass().getSimpleName() + ": " + named(failure.getMessage());
    }

    private Path script() throws IOException {
        Path script = folder.resolve("cloud-hypervisor");
        Files.writeString(
                script, SCRIPT.replace("REAL", vmm.binary().toString()).replace("SPOIL", spoil));
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    private String named(String message) {
        return message.replace(folder.resolve("cloud-hypervisor").toString(), "VMM")
                .replace(folder.resolve("kernel.elf").toString(), "KERNEL")
                .replace(folder.resolve("logs/vm").toString(), "LOGS")
                .replace("Cloud Hypervisor " + vmm.version() + ",", "Cloud Hypervisor VERSION,")
                .replace(",image_type=raw", "")
                .replaceAll(
                        Pattern.quote(System.getProperty("java.io.tmpdir")) + "/unikernel-\\d+-[^/ ]+(?=/)", "FOLDER")
                .replaceAll("\\buk[0-9a-f]{4}\\b", "TAP")
                .replaceAll("\\b198\\.18\\.\\d+\\.\\d+/30", "SUBNET")
                .replaceAll("\\b198\\.1[89]\\.\\d+\\.\\d+\\b", "ADDRESS")
                .replaceAll("\\b02:75:6b(:[0-9a-f]{2}){3}\\b", "MAC")
                .replaceAll("\\b\\d+ ms\\b", "N ms");
    }
}

package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disks that a VM has beside its image. */
@GuestTest
@Timeout(60)
@LeavesNothing
class DisksIT {

    /** The access mode in the flags of open(2), octal as /proc shows them. */
    private static final int ACCESS = 03;

    @TempDir
    Path folder;

    private Path data;

    @BeforeEach
    void makeDisk() throws IOException {
        byte[] content = new byte[1 << 20];
        new Random(7).nextBytes(content);
        data = Files.write(folder.resolve("data.img"), content);
        Files.setLastModifiedTime(data, FileTime.from(Instant.EPOCH));
    }

    @Test
    void severalVmsReadOneDiskThatNobodyCanWriteTo() throws Exception {
        byte[] content = Files.readAllBytes(data);
        try (Vm one = start(List.of(), List.of(data));
                Vm other = start(List.of(), List.of(data))) {
            assertThat(Http.get(one.uri()).statusCode()).isEqualTo(200);
            assertThat(Http.get(other.uri()).statusCode()).isEqualTo(200);
            assertThat(accessModes(one, data)).isNotEmpty().containsOnly(0);
            assertThat(accessModes(other, data)).isNotEmpty().containsOnly(0);
            assertThat(one.plan().toString()).contains("\n  disk:       " + data + " (read-only)");
            assertThat(one.counters().disk("disk1").writes()).isZero();
        }
        assertThat(data).hasBinaryContent(content);
        assertThat(Files.getLastModifiedTime(data)).isEqualTo(FileTime.from(Instant.EPOCH));
    }

    @Test
    void extraDiskIsACopyOfItsOwn() throws Exception {
        try (Vm vm = start(List.of(data), List.of())) {
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
            assertThat(accessModes(vm, data)).as("the original is not open").isEmpty();
            assertThat(vm.counters().disk("disk1").writes()).isZero();
            assertThat(vm.plan().toString()).contains("\n  disk:       " + data + " (private copy)");
        }
    }

    private Vm start(List<Path> extraDisks, List<Path> readOnlyDisks) {
        return VmLauncher.create()
                .start(Guests.fixture(Guests.image().build(), folder)
                        .extraDisks(extraDisks)
                        .readOnlyDisks(readOnlyDisks)
                        .build());
    }

    /** How the VMM has opened a file: 0 is for reading alone. */
    private static List<Integer> accessModes(Vm vm, Path file) throws IOException {
        Path process = Path.of("/proc", Long.toString(vm.pid()));
        Path real = file.toRealPath();
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            return open.filter(descriptor -> descriptor.toFile().exists() && isOf(descriptor, real))
                    .map(descriptor -> flags(process.resolve("fdinfo").resolve(descriptor.getFileName())) & ACCESS)
                    .toList();
        }
    }

    private static boolean isOf(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    private static int flags(Path fdinfo) {
        try (Stream<String> lines = Files.lines(fdinfo)) {
            return lines.filter(line -> line.startsWith("flags:"))
                    .map(line ->
                            Integer.parseInt(line.substring("flags:".length()).strip(), 8))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

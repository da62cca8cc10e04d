package dev.unikernel.vm;

import static dev.unikernel.image.nanos.TfsImage.BOOT;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.image.ElfBuilder;
import dev.unikernel.image.ImageException;
import dev.unikernel.image.KernelImage;
import dev.unikernel.image.nanos.TfsImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootKernelTest {

    @TempDir
    Path folder;

    private Path kernel;
    private Path otherKernel;
    private Path blank;

    @BeforeEach
    void makeKernels() throws IOException {
        kernel = elf("kernel.elf", 0x100000, "x");
        otherKernel = elf("other.elf", 0x200000, "x");
        blank = Files.write(folder.resolve("blank.img"), new byte[4096]);
    }

    @Test
    void namedKernelIsBootedFromItsFile() {
        BootKernel boot =
                BootKernel.of(VmSpec.builder().kernel(kernel).image(blank).build());

        assertThat(boot.path(folder, false)).isEqualTo(kernel);
        assertThat(boot.doubt()).isEmpty();
        assertThat(boot.describe()).isEqualTo(kernel + " (ELF, PVH entry 0x100000)");
    }

    @Test
    void kernelOfTheImageIsBootedIfNoneIsNamed() throws IOException {
        Path image = nanos(Map.of("kernel", file()));

        BootKernel boot = BootKernel.of(VmSpec.builder().image(image).build());
        Path vmFolder = Files.createDirectory(folder.resolve("vm"));
        boot.copyTo(vmFolder, false);

        assertThat(boot.describe()).isEqualTo("in the image (ELF, PVH entry 0x100000; private copy)");
        assertThat(boot.path(vmFolder, false)).isEqualTo(vmFolder.resolve("kernel.img"));
        assertThat(Files.readAllBytes(vmFolder.resolve("kernel.img"))).isEqualTo(Files.readAllBytes(kernel));
    }

    @Test
    void kernelThatIsTheImagesIsNotDoubted() throws IOException {
        BootKernel boot = BootKernel.of(VmSpec.builder()
                .kernel(kernel)
                .image(nanos(Map.of("kernel", file(), "klib", klibs())))
                .build());

        assertThat(boot.doubt()).isEmpty();
        assertThat(boot.path(folder, false)).isEqualTo(kernel);
    }

    @Test
    void kernelThatIsNotTheImagesIsDoubted() throws IOException {
        Path image = nanos(Map.of("kernel", file()));

        BootKernel boot =
                BootKernel.of(VmSpec.builder().kernel(otherKernel).image(image).build());

        assertThat(boot.doubt())
                .contains("the kernel " + otherKernel + " is not the one in the image " + image
                        + "; without the attribute kernel that one is booted");
        assertThat(boot.path(folder, false)).isEqualTo(otherKernel);
    }

    @Test
    void kernelThatIsNotTheImagesIsRefusedWhereThereAreKlibs() throws IOException {
        Path image = nanos(Map.of("kernel", file(), "klib", klibs()));

        assertRefused(
                VmSpec.builder().kernel(otherKernel).image(image),
                "The kernel " + otherKernel + " is not the one in the image " + image
                        + ", which has klibs: they fit that build of the kernel alone. Expected is the image's own kernel."
                        + " Leave the attribute kernel out, or build the image with this kernel.");
    }

    @Test
    void imageWithoutAKernelNeedsOne() throws IOException {
        String next =
                "), and no kernel is named. Expected is one of the two. Set the attribute kernel, or build an image of"
                        + " Nanos with its kernel: ops build, or mkfs with -b and -k.";
        Path empty = nanos(Map.of());

        assertRefused(
                VmSpec.builder().image(empty),
                "The image " + empty + " has no kernel in it (it is one of Nanos, made without its kernel" + next);
        assertRefused(
                VmSpec.builder().image(blank),
                "The image " + blank + " has no kernel in it (it is no image of Nanos" + next);
        assertThat(BootKernel.of(VmSpec.builder().kernel(kernel).image(empty).build())
                        .doubt())
                .isEmpty();
    }

    @Test
    void imageOfANewerNanosIsBootedWithTheNamedKernel() throws IOException {
        Path image = new TfsImage().put(BOOT + 6, new byte[] {6}).write(folder.resolve("newer.img"));

        assertThat(BootKernel.of(VmSpec.builder().kernel(kernel).image(image).build())
                        .doubt())
                .isEmpty();
        assertThatThrownBy(() -> BootKernel.of(VmSpec.builder().image(image).build()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("its version is 6");
    }

    @Test
    void nanosWithoutARootIsRefused() throws IOException {
        Path nanos = elf("nanos.elf", 0x100000, "NVMTFS");
        Path volume = Files.write(folder.resolve("volume.img"), Arrays.copyOf("NVMTFS".getBytes(US_ASCII), 512));
        String next =
                ": it would wait for its disk for ever. Expected is an image of Nanos, made by 'ops build' or by mkfs"
                        + " with -b. Name it as the image, or the kernel that belongs to this image.";
        String without = " (it has no partition table, or no file system of Nanos (TFS) in a partition)";

        assertRefused(
                VmSpec.builder().kernel(nanos), "The kernel " + nanos + " is Nanos, and no image is named" + next);
        assertRefused(
                VmSpec.builder().kernel(nanos).image(blank),
                "The kernel " + nanos + " is Nanos, but the image " + blank + " is none of Nanos" + without + next);
        assertRefused(
                VmSpec.builder().kernel(nanos).image(volume),
                "The kernel " + nanos + " is Nanos, but the image " + volume
                        + " is a volume, which Nanos mounts and does not boot from" + without + next);
        assertThat(BootKernel.of(VmSpec.builder()
                                .kernel(nanos)
                                .image(blank)
                                .extraDisks(List.of(nanos(Map.of())))
                                .build())
                        .doubt())
                .as("a root is among the other disks")
                .isEmpty();
    }

    @Test
    void entryStubIsInACopyOfTheNamedKernel() throws IOException {
        Path needy = callingAtItsEntry();
        Path vmFolder = Files.createDirectory(folder.resolve("vm"));

        BootKernel boot = BootKernel.of(VmSpec.builder().kernel(needy).build());
        boot.copyTo(vmFolder, true);

        assertThat(boot.image().usesUnsetStack()).isTrue();
        assertThat(boot.path(vmFolder, true)).isEqualTo(vmFolder.resolve("kernel.elf"));
        assertThat(KernelImage.inspect(vmFolder.resolve("kernel.elf")).usesUnsetStack())
                .isFalse();
        assertThat(vmFolder).isDirectoryNotContaining("glob:**.img");
    }

    @Test
    void entryStubIsInACopyOfTheKernelInTheImage() throws IOException {
        kernel = callingAtItsEntry();
        Path vmFolder = Files.createDirectory(folder.resolve("vm"));

        BootKernel boot = BootKernel.of(
                VmSpec.builder().image(nanos(Map.of("kernel", file()))).build());
        boot.copyTo(vmFolder, true);

        assertThat(KernelImage.inspect(boot.path(vmFolder, true)).usesUnsetStack())
                .isFalse();
        assertThat(boot.path(vmFolder, true)).isEqualTo(vmFolder.resolve("kernel.elf"));
    }

    @Test
    void namedKernelWithoutAStubIsNotCopied() throws IOException {
        Path vmFolder = Files.createDirectory(folder.resolve("vm"));

        BootKernel.of(VmSpec.builder().kernel(kernel).build()).copyTo(vmFolder, false);

        assertThat(vmFolder).isEmptyDirectory();
    }

    @Test
    void truncatedImageIsRefused() throws IOException {
        Path image = nanos(Map.of("kernel", file()));
        byte[] bytes = Files.readAllBytes(image);
        Files.write(image, Arrays.copyOf(bytes, bytes.length - 512));

        assertThatThrownBy(() -> BootKernel.of(
                        VmSpec.builder().kernel(kernel).image(image).build()))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith("The image " + image + " is truncated: ");
    }

    private Path callingAtItsEntry() {
        byte[] code = new byte[600];
        code[0] = (byte) 0xe8;
        return new ElfBuilder()
                .load(0x200000, code)
                .notes(ElfBuilder.pvhNote(0x200000))
                .write(folder.resolve("needy.elf"));
    }

    private static void assertRefused(VmSpec.Builder spec, String message) {
        assertThatThrownBy(() -> BootKernel.of(spec.build()))
                .isInstanceOf(ImageException.class)
                .hasMessage(message);
    }

    private Path elf(String name, long entry, String content) {
        return new ElfBuilder()
                .load(entry, Arrays.copyOf(content.getBytes(US_ASCII), 600))
                .notes(ElfBuilder.pvhNote(entry))
                .write(folder.resolve(name));
    }

    private Path nanos(Map<String, ?> files) throws IOException {
        return new TfsImage()
                .fileSystem(BOOT, Map.of("children", files))
                .put(BOOT + 20 * 512, Files.readAllBytes(kernel))
                .write(folder.resolve("nanos.img"));
    }

    private Map<String, ?> file() throws IOException {
        int size = (int) Files.size(kernel);
        return TfsImage.file(size, Map.of("0", TfsImage.extent(20, (size + 511) / 512)));
    }

    private static Map<String, ?> klibs() {
        return Map.of("children", Map.of("tls", TfsImage.file(1, Map.of("0", TfsImage.extent(19, 1)))));
    }
}

package dev.unikernel.vm;

import dev.unikernel.image.ImageException;
import dev.unikernel.image.KernelImage;
import dev.unikernel.image.nanos.BootFiles;
import dev.unikernel.image.nanos.EmbeddedKernel;
import dev.unikernel.image.nanos.NanosImage;
import dev.unikernel.image.nanos.NanosKernel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kernel that is booted: the file that the user named, or else the one in the image of Nanos.
 *
 * @param embedded the one in the image, if that is it
 * @param doubt why it may be the wrong one, as a sentence
 */
record BootKernel(KernelImage image, Optional<EmbeddedKernel> embedded, Optional<String> doubt) {

    /** @throws ImageException if there is none, it is unfit, or cannot go with the image */
    static BootKernel of(VmSpec spec) {
        Optional<NanosImage> nanos = spec.image().flatMap(NanosImage::recognise);
        nanos.ifPresent(NanosImage::requireComplete);
        if (spec.kernel().isEmpty()) {
            EmbeddedKernel embedded = embedded(spec, nanos);
            return new BootKernel(embedded.inspect(), Optional.of(embedded), Optional.empty());
        }
        Path kernel = spec.kernel().get();
        KernelImage image = KernelImage.inspect(kernel);
        if (nanos.isEmpty()) {
            requireDiskForNanos(kernel, spec);
        }
        return new BootKernel(image, Optional.empty(), nanos.flatMap(of -> difference(kernel, of)));
    }

    private static EmbeddedKernel embedded(VmSpec spec, Optional<NanosImage> nanos) {
        return nanos.flatMap(image -> BootFiles.of(image).kernel())
                .orElseThrow(() -> new ImageException("The image "
                        + spec.image().map(Path::toString).orElse("(none)") + " has no kernel in it ("
                        + (nanos.isPresent()
                                ? "it is one of Nanos, made without its kernel"
                                : "it is no image of Nanos")
                        + "), and no kernel is named. Expected is one of the two. Set the attribute kernel, or build an"
                        + " image of Nanos with its kernel: ops build, or mkfs with -b and -k."));
    }

    /** Nanos prints nothing and waits for ever where no disk has a root for it. */
    private static void requireDiskForNanos(Path kernel, VmSpec spec) {
        List<Path> disks = Stream.of(spec.image().stream(), spec.extraDisks().stream(), spec.readOnlyDisks().stream())
                .flatMap(each -> each)
                .toList();
        if (!NanosKernel.isOne(kernel)
                || disks.stream().anyMatch(disk -> NanosImage.recognise(disk).isPresent())) {
            return;
        }
        String found = spec.image().isEmpty()
                ? "and no image is named"
                : "but the image " + spec.image().get() + " is "
                        + (NanosImage.isVolume(spec.image().get())
                                ? "a volume, which Nanos mounts and does not boot from"
                                : "none of Nanos")
                        + " (it has no partition table, or no file system of Nanos (TFS) in a partition)";
        throw new ImageException("The kernel " + kernel + " is Nanos, " + found
                + ": it would wait for its disk for ever. Expected is an image of Nanos, made by 'ops build' or by mkfs"
                + " with -b. Name it as the image, or the kernel that belongs to this image.");
    }

    private static Optional<String> difference(Path kernel, NanosImage image) {
        BootFiles files;
        try {
            files = BootFiles.of(image);
        } catch (ImageException e) {
            // Of a newer kind: that the kernel is named suffices for a boot.
            System.getLogger("dev.unikernel").log(System.Logger.Level.DEBUG, "the kernel cannot be compared", e);
            return Optional.empty();
        }
        if (files.kernel().isEmpty() || files.kernel().get().isSameAs(kernel)) {
            return Optional.empty();
        }
        if (files.hasKlibs()) {
            throw new ImageException("The kernel " + kernel + " is not the one in the image " + image.file()
                    + ", which has klibs: they fit that build of the kernel alone. Expected is the image's own kernel. Leave"
                    + " the attribute kernel out, or build the image with this kernel.");
        }
        return Optional.of("the kernel " + kernel + " is not the one in the image " + image.file()
                + "; without the attribute kernel that one is booted");
    }

    /** Where the VMM finds it. */
    Path path(Path folder, boolean entryStub) {
        if (entryStub) {
            return folder.resolve("kernel.elf");
        }
        return embedded.isPresent() ? folder.resolve("kernel.img") : image.file();
    }

    /** Makes the private copies that the VMM boots, if it is not the file itself. */
    void copyTo(Path folder, boolean entryStub) {
        Path file = image.file();
        if (embedded.isPresent()) {
            file = folder.resolve("kernel.img");
            embedded.get().copyTo(file);
        }
        if (entryStub) {
            KernelImage.inspect(file).copyWithEntryStub(path(folder, true));
        }
    }

    /** What it is, for the plan. */
    String describe() {
        return embedded.isPresent()
                ? "in the image (" + image.describe() + "; private copy)"
                : image.file() + " (" + image.describe() + ")";
    }
}

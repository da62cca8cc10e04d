package dev.unikernel.it;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.vm.VmSpec;
import java.nio.file.Path;

/** The guests that these tests boot. */
final class Guests {

    /** For annotations, whose values are constants. */
    static final String KERNEL = "classpath:" + FixtureGuest.KERNEL_RESOURCE;

    static final String IMAGE = "classpath:" + FixtureGuest.IMAGE_RESOURCE;

    private Guests() {}

    /** The fixture guest, told by its image how to behave. */
    static VmSpec.Builder fixture(FixtureImage image, Path folder) {
        return VmSpec.builder().kernel(FixtureGuest.kernel()).image(image.writeTo(folder.resolve("fixture.img")));
    }

    static FixtureImage.Builder image() {
        return FixtureImage.builder();
    }
}

package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.junit.UnikernelVmExtension;
import dev.unikernel.junit.VmAddress;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The extension with values that are known only at run time. */
@GuestTest
class RegisteredExtensionIT {

    @RegisterExtension
    static final UnikernelVmExtension VM = UnikernelVmExtension.of(
            VmSpec.builder().kernel(FixtureGuest.kernel()).image(teapot()).build());

    @Test
    void theGuestBehavesAsItsImageSays(@VmAddress URI uri) throws Exception {
        assertThat(Http.get(uri).statusCode()).isEqualTo(418);
    }

    @Nested
    class InANestedClass {
        @Test
        void theVmIsShared(@VmAddress URI uri) throws Exception {
            assertThat(Http.get(uri).statusCode()).isEqualTo(418);
        }
    }

    private static Path teapot() {
        try {
            Path image = Files.createTempFile("teapot", ".img");
            image.toFile().deleteOnExit();
            return FixtureImage.builder().httpStatus(418).build().writeTo(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

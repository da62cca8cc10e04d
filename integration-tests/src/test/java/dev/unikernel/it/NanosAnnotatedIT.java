package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import dev.unikernel.junit.VmNamed;
import java.net.URI;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Nanos by the annotation, as its users write it. */
@GuestTest
@NeedsNanos
@UnikernelVm(kernel = "${NANOS_KERNEL}", image = "${NANOS_IMAGE}")
class NanosAnnotatedIT {

    @Nested
    @UnikernelVm(image = "${NANOS_IMAGE}", name = "own")
    class WithTheKernelInTheImage {
        @Test
        void answersToo(@VmAddress @VmNamed("own") URI uri) throws Exception {
            assertThat(Http.get(uri).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void answersAtTheInjectedAddress(@VmAddress URI uri) throws Exception {
        assertThat(Http.get(uri).statusCode()).isEqualTo(200);
    }
}

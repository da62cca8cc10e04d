package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.hypervisor.VmmEnd;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class VmExitTest {

    private static final List<String> OUTPUT = List.of("last words");

    @Test
    void eachEndOfAVmmIsTold() {
        assertThat(VmExit.of(new VmmEnd.PoweredOff("off", "next", OptionalInt.of(7)), OUTPUT))
                .isEqualTo(new VmExit.PoweredOff("off", OptionalInt.of(7), OUTPUT));
        assertThat(VmExit.of(new VmmEnd.GuestCrashed("crash", "next", OptionalInt.of(11)), OUTPUT))
                .isEqualTo(new VmExit.Crashed("crash", OptionalInt.of(11), OUTPUT));
        assertThat(VmExit.of(new VmmEnd.Killed(9, "killed", "next"), OUTPUT))
                .isEqualTo(new VmExit.Killed(9, "killed", OUTPUT));
        assertThat(VmExit.of(new VmmEnd.Exited(0, "ended", "next"), OUTPUT))
                .isEqualTo(new VmExit.VmmEnded(0, "ended", OUTPUT));
        assertThat(VmExit.of(new VmmEnd.Refused(1, "refused", "next"), OUTPUT))
                .isEqualTo(new VmExit.VmmEnded(1, "refused", OUTPUT));
    }

    @Test
    void onlyAGuestThatPoweredOffHasAnExitCode() {
        assertThat(new VmExit.PoweredOff("off", OptionalInt.of(7), OUTPUT).exitCode())
                .hasValue(7);
        assertThat(new VmExit.Crashed("crash", OptionalInt.of(11), OUTPUT).exitCode())
                .isEmpty();
        assertThat(new VmExit.VmmEnded(1, "ended", OUTPUT).exitCode()).isEmpty();
    }
}

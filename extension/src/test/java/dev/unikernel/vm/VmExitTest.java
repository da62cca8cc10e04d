package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.hypervisor.VmmEnd;
import org.junit.jupiter.api.Test;

class VmExitTest {

    @Test
    void eachEndOfAVmmIsTold() {
        assertThat(VmExit.of(new VmmEnd.PoweredOff("off", "next"))).isEqualTo(new VmExit.PoweredOff("off"));
        assertThat(VmExit.of(new VmmEnd.GuestCrashed("crash", "next"))).isEqualTo(new VmExit.Crashed("crash"));
        assertThat(VmExit.of(new VmmEnd.Killed(11, "killed", "next"))).isEqualTo(new VmExit.Killed(11, "killed"));
        assertThat(VmExit.of(new VmmEnd.Exited(0, "ended", "next"))).isEqualTo(new VmExit.VmmEnded(0, "ended"));
        assertThat(VmExit.of(new VmmEnd.Refused(1, "refused", "next"))).isEqualTo(new VmExit.VmmEnded(1, "refused"));
    }
}

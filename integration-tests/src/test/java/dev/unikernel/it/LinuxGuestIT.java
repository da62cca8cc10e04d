package dev.unikernel.it;

import dev.unikernel.fixtures.LinuxGuest;
import dev.unikernel.junit.UnikernelVm;

/** A kernel, a DHCP client and a TCP/IP stack that nobody here wrote: nothing else differs from {@link FixtureGuestIT}. */
@GuestTest
@NeedsLinux
@UnikernelVm(kernel = "${linux.kernel}", initramfs = "${linux.initramfs}", cmdline = "${linux.cmdline}")
class LinuxGuestIT extends WebServerContract {

    LinuxGuestIT() {
        super(LinuxGuest.PAGE);
    }
}

package dev.unikernel.it;

import dev.unikernel.fixtures.LinuxGuest;
import dev.unikernel.junit.UnikernelVm;

/** The kernel of {@link LinuxGuestIT} by its PVH entry instead of by Linux' own boot protocol. */
@GuestTest
@NeedsLinux
@UnikernelVm(kernel = "${linux.vmlinux}", initramfs = "${linux.initramfs}", cmdline = "${linux.cmdline}")
class LinuxElfIT extends WebServerContract {

    LinuxElfIT() {
        super(LinuxGuest.PAGE);
    }
}

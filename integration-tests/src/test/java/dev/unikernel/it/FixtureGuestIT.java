package dev.unikernel.it;

import dev.unikernel.junit.UnikernelVm;

/** A unikernel of our own. */
@GuestTest
@UnikernelVm(kernel = Guests.KERNEL, image = Guests.IMAGE)
class FixtureGuestIT extends WebServerContract {

    FixtureGuestIT() {
        super("Hello from the fixture unikernel");
    }
}

package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unikernel.fixtures.BrokenHttp;
import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.fixtures.Stage;
import dev.unikernel.vm.ReadyWhen;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each way in which a boot fails, provoked with a real guest: the kind, the words, how fast, and nothing left. */
@GuestTest
@Timeout(60)
@LeavesNothing
class FailureKindsIT {

    /** Long enough that a failure which ends a wait early is told from one that waits for it. */
    private static final Duration LONG = Duration.ofSeconds(40);

    /** For failures that only time tells. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    @Test
    void aGuestWithoutDhcpGetsNoLease() {
        VmStartException.NoLease failure =
                failure(VmStartException.NoLease.class, image().withoutDhcp().build(), SHORT);
        assertThat(failure)
                .hasMessageStartingWith("VM 'vm' did not become ready: it got no address by DHCP.")
                .hasMessageContaining("\n  awaited:  any HTTP status on / on port 8080, at most ")
                .hasMessageContaining("\n  DHCP:     no message was seen")
                .hasMessageContaining("\n  command:  /")
                .hasMessageContaining("serial.log\n")
                .hasMessageContaining("\n  Next: ");
    }

    @Test
    void aGuestThatStopsAfterTheOfferGetsNoLease() {
        VmStartException.NoLease failure = failure(
                VmStartException.NoLease.class, image().hangAt(Stage.OFFERED).build(), SHORT);
        assertThat(failure)
                .hasMessageContaining("\n  reached:  discover at ")
                .hasMessageMatching("(?s).*\n  DHCP:     \\d DISCOVER, \\d OFFER\n.*")
                .hasMessageEndingWith("The guest asked and was answered, but did not take the offer:"
                        + " do its lines below say why?");
    }

    @Test
    void aGuestWithoutNicGetsNoLease() {
        failure(VmStartException.NoLease.class, image().withoutNic().build(), SHORT);
    }

    @Test
    void aGuestWithAnotherMacThanItsCardGetsNoLease() {
        failure(VmStartException.NoLease.class, image().mac("02:aa:bb:cc:dd:ee").build(), SHORT);
    }

    @Test
    void aGuestWithoutServerIsNotListening() {
        VmStartException.NotListening failure = failure(
                VmStartException.NotListening.class, image().withoutHttp().build(), SHORT);
        assertThat(failure)
                .hasMessageStartingWith("VM 'vm' did not become ready: nothing answered at ")
                .hasMessageContaining(":8080: ")
                .hasMessageContaining("\n  reached:  leased at ")
                .hasMessageContaining("\n    | assigned: ")
                .hasMessageEndingWith("Next: Does the program in the guest listen on port 8080 on all its addresses?"
                        + " Is the attribute 'port' right?");
    }

    @Test
    void anotherStatusThanTheAwaitedIsAWrongAnswer() {
        VmStartException.WrongAnswer failure = failure(
                VmStartException.WrongAnswer.class,
                image().httpStatus(503).build(),
                SHORT,
                spec -> spec.readyWhen(ReadyWhen.http("/", 200)));
        assertThat(failure).hasMessageContaining(":8080 answered, but the last answer was HTTP status 503.");
    }

    @Test
    void whatIsNotHttpIsAWrongAnswer() {
        VmStartException.WrongAnswer failure = failure(
                VmStartException.WrongAnswer.class,
                image().brokenHttp(BrokenHttp.GARBAGE).build(),
                SHORT);
        assertThat(failure).hasMessageContaining("answered, but the last answer was an answer that is not HTTP: '");
    }

    @Test
    void aTripleFaultEndsTheWaitAtOnce() {
        VmStartException.GuestCrashed failure = failure(
                VmStartException.GuestCrashed.class, image().crashAt(Stage.DHCP).build(), LONG);
        assertThat(failure).hasMessageContaining("\n  Next: ");
    }

    @Test
    void aTripleFaultBeforeAnyDriverIsUpEndsTheWaitAtOnce() {
        failure(
                VmStartException.GuestCrashed.class,
                VmSpec.builder().kernel(FixtureGuest.kernel()).cmdline("crash=entry"),
                LONG);
    }

    @Test
    void anArgumentThatTheVmmDoesNotKnowIsARefusal() {
        VmStartException.VmmRefused failure = failure(
                VmStartException.VmmRefused.class,
                image().build(),
                LONG,
                spec -> spec.hypervisorArgs(List.of("--no-such-option")));
        assertThat(failure).hasMessageContaining("no-such-option").hasMessageContaining("\n  Next: ");
    }

    @Test
    @Tag("kvm") // An emulated CPU has no such error.
    void anErrorOfTheVirtualCpuIsACrash() {
        VmStartException.GuestCrashed failure = failure(
                VmStartException.GuestCrashed.class,
                image().vcpuErrorAt(Stage.NIC).build(),
                LONG);
        assertThat(failure).hasMessageContaining("\n  Next: ");
    }

    @Test
    void aPowerOffBeforeReadinessEndsTheWaitAtOnce() {
        failure(
                VmStartException.ExitedEarly.class,
                image().exitAt(Stage.LEASED, 7).build(),
                LONG);
    }

    @Test
    void aLineThatFailOnSerialLooksForEndsTheWaitAtOnce() {
        VmStartException.GuestCrashed failure = failure(
                VmStartException.GuestCrashed.class,
                image().withoutHttp().build(),
                LONG,
                spec -> spec.failOnSerial("assigned: \\d+"));
        assertThat(failure).hasMessageContaining("the guest wrote a line that failOnSerial looks for: 'assigned: ");
    }

    @Test
    void anInterruptEndsTheWaitAtOnceAndStaysSet() throws InterruptedException {
        Thread waiting = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            Awaitility.await().until(() -> Leftovers.vmms().findAny().isPresent());
            waiting.interrupt();
        });
        interrupter.start();
        failure(VmStartException.Interrupted.class, image().withoutDhcp().build(), LONG);
        assertThat(Thread.interrupted()).isTrue();
        interrupter.join();
    }

    @Test
    void aThreadThatIsInterruptedAlreadyStartsNothing() {
        Thread.currentThread().interrupt();
        failure(VmStartException.Interrupted.class, image().build(), LONG);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aLateServerIsWaitedFor() {
        start(image().httpAfter(Duration.ofMillis(700)).build()).close();
    }

    @Test
    void lateDhcpIsWaitedFor() {
        start(image().dhcpAfter(Duration.ofMillis(700)).build()).close();
    }

    @Test
    void aSlowServerIsWaitedFor() {
        start(image().slowHttp(Duration.ofMillis(700)).build()).close();
    }

    @Test
    void aFloodOnTheSerialLineDoesNotStopTheBoot() {
        start(image().serialFlood(2000).build()).close();
    }

    private Vm start(FixtureImage image) {
        return VmLauncher.create()
                .start(Guests.fixture(image, folder).startupTimeout(LONG).build());
    }

    private <E extends VmStartException> E failure(Class<E> kind, FixtureImage image, Duration timeout) {
        return failure(kind, image, timeout, spec -> spec);
    }

    private <E extends VmStartException> E failure(
            Class<E> kind, FixtureImage image, Duration timeout, UnaryOperator<VmSpec.Builder> more) {
        return failure(kind, more.apply(Guests.fixture(image, folder)), timeout);
    }

    private static <E extends VmStartException> E failure(Class<E> kind, VmSpec.Builder guest, Duration timeout) {
        VmSpec spec = guest.startupTimeout(timeout).build();
        long startedAt = System.nanoTime();
        E failure = catchThrowableOfType(kind, () -> VmLauncher.create().start(spec));
        assertThat(failure).as("the start fails").isNotNull();
        if (timeout.equals(LONG)) {
            assertThat(Duration.ofNanos(System.nanoTime() - startedAt))
                    .as("the wait ends before its time is up")
                    .isLessThan(LONG.dividedBy(2));
        }
        return failure;
    }

    private static FixtureImage.Builder image() {
        return FixtureImage.builder();
    }
}

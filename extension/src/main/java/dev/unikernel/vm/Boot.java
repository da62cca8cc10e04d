package dev.unikernel.vm;

import dev.unikernel.hypervisor.Disk;
import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.image.nanos.NanosImage;
import dev.unikernel.network.Attachment;
import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Lease;
import dev.unikernel.network.SegmentKey;
import dev.unikernel.network.SegmentPlace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One start of a VM, from a plan to a guest that is ready, or to the exception that says why not. */
final class Boot {

    private final LaunchPlan plan;
    private final long startedAt;
    private final Undo undo = new Undo();

    /** @param startedAt when the start was called, on the clock of {@link System#nanoTime} */
    Boot(LaunchPlan plan, long startedAt) {
        this.plan = plan;
        this.startedAt = startedAt;
    }

    Vm run() {
        try {
            Evidence evidence = undo.add(Evidence.claim(plan.workDir(), plan.spec()));
            VmFolder folder = undo.add(VmFolder.create());
            plan.copyFiles(folder.path());
            List<Disk> disks = plan.disks(folder.path());
            Optional<NanosGuest> nanos = nanos(disks);
            Optional<SegmentPlace> place = plan.segment().map(segment -> undo.add(join(segment)));
            Attachment attachment = undo.add(attach(place, folder.path()));
            String cmdline = plan.cmdline(name -> address(place.orElseThrow(), name));
            Vmm vmm = undo.add(plan.hypervisor()
                    .start(plan.machine(cmdline, attachment.nic(), disks, folder.path(), evidence.folder())));
            long spawnedAt = System.nanoTime();
            GuestEnd guestEnd = undo.add(new GuestEnd(vmm, nanos, plan.spec().exitCodeOnSerial()));
            attachment.vmmStarted(vmm.serial().file());
            return waitUntilReady(vmm, spawnedAt, attachment, guestEnd, evidence);
        } catch (RuntimeException | Error failure) {
            try {
                undo.close();
            } catch (VmCloseException e) {
                failure.addSuppressed(e);
            }
            throw failure;
        }
    }

    private SegmentPlace join(SegmentKey segment) {
        try {
            return plan.network().join(segment, plan.spec().name());
        } catch (IllegalArgumentException e) {
            throw misuse(e);
        }
    }

    private String address(SegmentPlace place, String name) {
        try {
            return place.addressOf(name).getHostAddress();
        } catch (IllegalArgumentException e) {
            throw misuse(e);
        }
    }

    private VmStartException misuse(IllegalArgumentException reason) {
        return new VmStartException.BadInput(
                "VM '" + plan.spec().name() + "' cannot be started: " + reason.getMessage(), reason);
    }

    private Attachment attach(Optional<SegmentPlace> place, Path folder) {
        return place.isPresent()
                ? place.get().attach(plan.ports(), folder)
                : plan.network().attach(plan.ports(), folder, timeLeft());
    }

    /** A record of an earlier boot in the image must not be taken for this one's. */
    private Optional<NanosGuest> nanos(List<Disk> disks) {
        if (plan.spec().image().isEmpty()) {
            return Optional.empty();
        }
        Optional<NanosImage> image = NanosImage.recognise(disks.get(0).path());
        image.ifPresent(NanosImage::clearRecord);
        return image.map(NanosGuest::new);
    }

    private Vm waitUntilReady(Vmm vmm, long spawnedAt, Attachment attachment, GuestEnd guestEnd, Evidence evidence) {
        try (ReadinessWait wait = new ReadinessWait(plan.spec(), vmm, attachment, guestEnd)) {
            ReadinessWait.Outcome outcome = wait.await(timeLeft());
            Timeline timeline = timeline(vmm, spawnedAt, attachment, wait);
            if (outcome != ReadinessWait.Outcome.READY) {
                throw new StartFailure(plan, vmm, attachment, timeline, evidence, wait)
                        .of(outcome)
                        .with(plan.spec().name(), List.of(evidence.serialLog(), evidence.vmmLog()));
            }
            Lease lease = wait.lease().orElseThrow();
            return new Vm(plan, vmm, guestEnd, lease, attachment, timeline, evidence, undo);
        }
    }

    private Duration timeLeft() {
        return plan.timeout().minusNanos(System.nanoTime() - startedAt);
    }

    private Timeline timeline(Vmm vmm, long spawnedAt, Attachment attachment, ReadinessWait wait) {
        Map<BootPhase, Duration> reached = new EnumMap<>(BootPhase.class);
        note(reached, BootPhase.SPAWNED, OptionalLong.of(spawnedAt));
        note(reached, BootPhase.VMM_READY, vmm.readyAt());
        note(reached, BootPhase.NIC_UP, vmm.nicUpAt());
        note(reached, BootPhase.DISCOVER, firstSeen(attachment, DhcpSighting.Type.DISCOVER));
        note(reached, BootPhase.LEASED, attachment.leases().leasedAt());
        note(reached, BootPhase.LISTENING, wait.listeningAt());
        note(reached, BootPhase.READY, wait.readyAt());
        return new Timeline(inOrder(reached));
    }

    /** The VMM's own clock is mapped onto ours within a few milliseconds, but no phase is later than one that follows. */
    private static Map<BootPhase, Duration> inOrder(Map<BootPhase, Duration> reached) {
        List<BootPhase> phases = new ArrayList<>(reached.keySet());
        for (int index = phases.size() - 2; index >= 0; index--) {
            Duration next = reached.get(phases.get(index + 1));
            reached.computeIfPresent(phases.get(index), (phase, at) -> at.compareTo(next) > 0 ? next : at);
        }
        return reached;
    }

    private void note(Map<BootPhase, Duration> reached, BootPhase phase, OptionalLong at) {
        at.ifPresent(nanoTime -> reached.put(phase, Duration.ofNanos(Math.max(0, nanoTime - startedAt))));
    }

    private static OptionalLong firstSeen(Attachment attachment, DhcpSighting.Type type) {
        return attachment.leases().sightings().stream()
                .filter(sighting -> sighting.type() == type)
                .mapToLong(DhcpSighting::nanoTime)
                .findFirst();
    }
}

package dev.unikernel.hypervisor;

import java.util.Map;

/**
 * What a hypervisor counted of a guest's devices since the guest was started. Cloud Hypervisor counts for cards and
 * disks, QEMU for disks.
 *
 * @param nics by the card's id; the one card is "net0"
 * @param disks by the disk's id; the image is "disk0", further disks are "disk1" and so on
 */
public record GuestCounters(Map<String, Nic> nics, Map<String, Disk> disks) {

    /** A network card, as the guest sees it: what it received and what it sent. */
    public record Nic(long receivedBytes, long receivedFrames, long sentBytes, long sentFrames) {}

    /** A disk: what the guest read from it and wrote to it, in bytes and in requests. */
    public record Disk(long readBytes, long reads, long writtenBytes, long writes) {}

    public GuestCounters {
        nics = Map.copyOf(nics);
        disks = Map.copyOf(disks);
    }

    /**
     * The counters of one card.
     *
     * @throws HypervisorException if the hypervisor told none of a card of that id, as QEMU does of all
     */
    public Nic nic(String id) {
        Nic nic = nics.get(id);
        if (nic == null) {
            throw unknown("network card", id, "QEMU counts for disks only; Cloud Hypervisor counts for cards, too");
        }
        return nic;
    }

    /**
     * The counters of one disk.
     *
     * @throws HypervisorException if the guest has no such disk
     */
    public Disk disk(String id) {
        Disk disk = disks.get(id);
        if (disk == null) {
            throw unknown("disk", id, "the image is 'disk0', further disks are 'disk1' and so on");
        }
        return disk;
    }

    private HypervisorException unknown(String kind, String id, String nextStep) {
        return new HypervisorException(
                "nothing is counted of a " + kind + " '" + id + "'; counted is of the cards "
                        + nics.keySet().stream().sorted().toList() + " and the disks "
                        + disks.keySet().stream().sorted().toList(),
                nextStep);
    }
}

package dev.unikernel.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where what a VM said is kept after it is gone: {@code serial.log} and {@code vmm.log}, and {@code dhcp.pcap} if it is asked
 * for, in a folder of the work directory that is named after the test class and the VM.
 */
final class Evidence implements AutoCloseable {

    private final FolderClaim folder;

    private Evidence(FolderClaim folder) {
        this.folder = folder;
    }

    /**
     * Claims the folder of {@code spec}'s VM below {@code workDir} and empties it of what an earlier run left.
     *
     * @throws VmStartException.PrerequisiteMissing if that cannot be done
     */
    static Evidence claim(Path workDir, VmSpec spec) {
        String base = spec.owner().isEmpty()
                ? spec.name()
                : spec.name().equals(VmSpec.DEFAULT_NAME) ? spec.owner() : spec.owner() + "-" + spec.name();
        FolderClaim folder = FolderClaim.first(workDir, base);
        Evidence evidence = new Evidence(folder);
        try {
            Files.deleteIfExists(evidence.serialLog());
            Files.deleteIfExists(evidence.vmmLog());
            Files.deleteIfExists(evidence.dhcpCapture());
        } catch (IOException e) {
            folder.close();
            throw new VmStartException.PrerequisiteMissing(
                    "No VM can be started: old logs cannot be removed from " + folder.path() + " (" + e
                            + "). Next: remove that folder.",
                    e);
        }
        return evidence;
    }

    /** Gives the name back; the files stay. */
    @Override
    public void close() {
        folder.close();
    }

    Path folder() {
        return folder.path();
    }

    Path serialLog() {
        return folder().resolve("serial.log");
    }

    Path vmmLog() {
        return folder().resolve("vmm.log");
    }

    /** Exists only if it was asked for, and the VMM started. */
    Path dhcpCapture() {
        return folder().resolve("dhcp.pcap");
    }
}

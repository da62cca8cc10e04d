package dev.unikernel.hypervisor;

import java.nio.file.Path;

/**
 * A raw disk of the guest.
 *
 * @param path the image; written to unless {@code readOnly}
 */
public record Disk(Path path, boolean readOnly) {}

package dev.unikernel.image.nanos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a kernel of Nanos from others. */
public final class NanosKernel {

    /** Nanos' have less than 4 MiB; a Linux kernel need not be searched. */
    private static final long LARGEST = 16 << 20;

    private NanosKernel() {}

    /**
     * Whether a file has the word in it that a kernel needs to know Nanos' file system by, {@code "NVMTFS"}.
     *
     * @throws dev.unikernel.image.ImageException if it cannot be read
     */
    public static boolean isOne(Path kernel) {
        try {
            // ISO 8859-1 has one character for each byte.
            return Files.size(kernel) <= LARGEST
                    && new String(Files.readAllBytes(kernel), StandardCharsets.ISO_8859_1)
                            .contains(new String(TfsLog.MAGIC, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw NanosImage.failure(kernel, "read", e);
        }
    }
}

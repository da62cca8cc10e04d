package dev.unikernel.image;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says how far a copy has come, every two seconds: whoever waits for a large one should know for what. */
final class CopyProgress {

    private static final long INTERVAL = Duration.ofSeconds(2).toNanos();
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;

    private final Path original;
    private final long size;
    private final LongSupplier clock;
    private final Consumer<String> log;
    private final long startedAt;
    private long saidAt;

    /**
     * @param size of the original, in bytes
     * @param clock in nanoseconds
     */
    CopyProgress(Path original, long size, LongSupplier clock, Consumer<String> log) {
        this.original = original;
        this.size = size;
        this.clock = clock;
        this.log = log;
        this.startedAt = clock.getAsLong();
        this.saidAt = startedAt;
    }

    static CopyProgress of(Path original, long size) {
        System.Logger logger = System.getLogger("dev.unikernel");
        return new CopyProgress(
                original, size, System::nanoTime, line -> logger.log(System.Logger.Level.INFO, () -> line));
    }

    /** @param done up to which byte the copy has come */
    void at(long done) {
        long now = clock.getAsLong();
        if (now - saidAt >= INTERVAL) {
            saidAt = now;
            log.accept("copying the image " + original + " for a VM: " + share(done));
        }
    }

    /** The copy is complete, which is worth a word if there was one before. */
    void done() {
        if (saidAt != startedAt) {
            log.accept("copied the image " + original + " in "
                    + Duration.ofNanos(clock.getAsLong() - startedAt).toSeconds()
                    + " s; where the file system can share"
                    + " blocks between files (btrfs, XFS), a copy takes no time");
        }
    }

    private String share(long done) {
        return size < GIB
                ? done / MIB + " of " + size / MIB + " MiB"
                : String.format(Locale.ROOT, "%.1f of %.1f GiB", done / (double) GIB, size / (double) GIB);
    }
}

package dev.unikernel.vm;

import dev.unikernel.hypervisor.GuestCounters;
import dev.unikernel.hypervisor.LogFile;
import dev.unikernel.hypervisor.SerialLog;
import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.hypervisor.VmmEnd;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A VMM without a process: its files, the end that a test gives it, and what it was asked to do. */
final class FilesVmm implements Vmm {

    static final GuestCounters COUNTERS =
            new GuestCounters(Map.of(), Map.of("disk0", new GuestCounters.Disk(1, 2, 3, 4)));

    private final LogFile serial;
    private final Path log;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private Runnable reaction = () -> {};
    private volatile Supplier<Optional<VmmEnd>> end = Optional::empty;
    private volatile boolean paused;
    private volatile boolean alive = true;
    private OptionalLong readyAt = OptionalLong.empty();
    private OptionalLong nicUpAt = OptionalLong.empty();

    FilesVmm(Path folder) {
        try {
            serial = new LogFile(Files.createFile(folder.resolve("serial.log")));
            log = Files.createFile(folder.resolve("vmm.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path serialFile() {
        return serial.file();
    }

    void writeSerial(String text) {
        try {
            Files.writeString(serialFile(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void end(VmmEnd how) {
        this.end = () -> Optional.of(how);
    }

    /** What a look for the end comes to. */
    void endIs(Supplier<Optional<VmmEnd>> look) {
        this.end = look;
    }

    void readyAt(long nanoTime) {
        this.readyAt = OptionalLong.of(nanoTime);
    }

    void nicUpAt(long nanoTime) {
        this.nicUpAt = OptionalLong.of(nanoTime);
    }

    void die() {
        alive = false;
    }

    /** What happens from now on when it is asked for something, before it does that. */
    void whenAsked(Runnable what) {
        this.reaction = what;
    }

    /** What it was asked for, in order. */
    List<String> asked() {
        return asked;
    }

    private void ask(String what) {
        asked.add(what);
        reaction.run();
    }

    @Override
    public long pid() {
        return 4711;
    }

    @Override
    public List<String> commandLine() {
        return List.of("/opt/a vmm", "--fast");
    }

    @Override
    public SerialLog serial() {
        return serial;
    }

    @Override
    public Path log() {
        return log;
    }

    @Override
    public boolean isAlive() {
        return alive;
    }

    @Override
    public Optional<VmmEnd> end() {
        return end.get();
    }

    @Override
    public OptionalLong readyAt() {
        return readyAt;
    }

    @Override
    public OptionalLong nicUpAt() {
        return nicUpAt;
    }

    @Override
    public void pause() {
        ask("pause");
        paused = true;
    }

    @Override
    public void resume() {
        ask("resume");
        paused = false;
    }

    @Override
    public boolean isPaused() {
        ask("isPaused");
        return paused;
    }

    @Override
    public void powerButton() {
        ask("powerButton");
    }

    @Override
    public GuestCounters counters() {
        ask("counters");
        return COUNTERS;
    }

    @Override
    public void kill() {
        ask("kill");
        alive = false;
    }

    @Override
    public void close() {
        ask("close");
        alive = false;
    }

    /** Writes Nanos' record into a disk whose first partition begins at 4608. */
    static void record(Path disk, int exitCode, String text) throws IOException {
        record(disk, 512, exitCode, text);
    }

    static void record(Path disk, long offset, int exitCode, String text) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        record.put("KLOG".getBytes(StandardCharsets.US_ASCII)).putLong(1).putInt(exitCode);
        record.put(text.getBytes(StandardCharsets.UTF_8));
        try (RandomAccessFile open = new RandomAccessFile(disk.toFile(), "rw")) {
            open.seek(offset);
            open.write(record.array());
        }
    }
}

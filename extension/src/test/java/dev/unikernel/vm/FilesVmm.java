package dev.unikernel.vm;

import dev.unikernel.hypervisor.LogFile;
import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.hypervisor.VmmEnd;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A VMM of which only the files and the end are looked at. */
final class FilesVmm {

    private final Path serial;
    private final Path log;
    private final Vmm vmm;
    private Optional<VmmEnd> end = Optional.empty();

    FilesVmm(Path folder) throws IOException {
        serial = Files.createFile(folder.resolve("serial.log"));
        log = Files.createFile(folder.resolve("vmm.log"));
        LogFile lines = new LogFile(serial);
        vmm = (Vmm) Proxy.newProxyInstance(
                Vmm.class.getClassLoader(),
                new Class<?>[] {Vmm.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "serial" -> lines;
                    case "log" -> log;
                    case "end" -> end;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    Path serialFile() {
        return serial;
    }

    Path log() {
        return log;
    }

    Vmm vmm() {
        return vmm;
    }

    void end(VmmEnd end) {
        this.end = Optional.of(end);
    }

    /** Writes Nanos' record into a disk whose first partition begins at 4608. */
    static void record(Path disk, int exitCode, String text) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        record.put("KLOG".getBytes(StandardCharsets.US_ASCII)).putLong(1).putInt(exitCode);
        record.put(text.getBytes(StandardCharsets.UTF_8));
        try (RandomAccessFile open = new RandomAccessFile(disk.toFile(), "rw")) {
            open.seek(512);
            open.write(record.array());
        }
    }
}

package dev.unikernel.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes copies of a Nanos image whose program fails: all programs and libraries in it begin with other code. */
final class NanosPrograms {

    private static final int SECTOR = 512;
    private static final int ROOT_FIRST_SECTOR = 0x1ce + 8;
    private static final int ELF = 0x464c457f;
    private static final int HEADER = 64;
    private static final int PT_LOAD = 1;
    private static final int PT_INTERP = 3;
    private static final int PT_NOTE = 4;

    /**
     * An HTTP server on port 8080 that answers each request with 200 and then looks at its path: "/0" to "/9" end it with
     * that exit code, "/s" by SIGSEGV.
     */
    private static final String SERVER = Stream.of(
                    "4881ec00040000 6a00 b802001f90 50", // a buffer of 1 KiB; a sockaddr_in: AF_INET, 8080, any address
                    "6a2958 6a025f 6a015e 31d2 0f05 89c3", // ebx = socket(AF_INET, SOCK_STREAM, 0)
                    "89df 4889e6 6a105a 6a3158 0f05", // bind(ebx, rsp, 16)
                    "89df 6a105e 6a3258 0f05", // listen(ebx, 16)
                    "89df 31f6 31d2 6a2b58 0f05 89c5", // next: ebp = accept(ebx, 0, 0)
                    "89ef 4889e6 ba00040000 31c0 0f05", // read(ebp, rsp, 1024)
                    "89ef 488d355a000000 68390000005a 6a0158 0f05", // write(ebp, answer, 57)
                    "89ef 6a0358 0f05", // close(ebp)
                    "8a442405 3c73 7427", // al = rsp[5], behind "GET /"; if it is 's', go to fault
                    "2c30 3c09 77bc", // al -= '0'; if it is above 9, go to next
                    "0fb6d8 6a015f 488d351f000000 680e0000005a 6a0158 0f05", // write(1, words, 14)
                    "89df b8e7000000 0f05", // exit_group(al)
                    "c704250800000001000000", // fault: [8] = 1
                    HexFormat.of().formatHex("about to exit\n".getBytes(US_ASCII)),
                    HexFormat.of()
                            .formatHex("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                    .getBytes(US_ASCII)))
            .collect(Collectors.joining());

    private NanosPrograms() {}

    /** A copy whose program serves until it is told how to end, see {@link #SERVER}. */
    static Path serving(Path image, Path target) throws IOException {
        return beginningWith(SERVER, image, target);
    }

    /** A copy whose program begins with {@code code}. */
    static Path beginningWith(String code, Path image, Path target) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(code.replace(" ", ""));
        return changed(image, target, (disk, elf) -> {
            int entry = entry(disk, elf);
            if (entry > 0) {
                disk.put(elf + entry, bytes);
            }
        });
    }

    /** A copy whose program asks for an interpreter that is not there: named by the first bytes of its own file. */
    static Path withoutInterpreter(Path image, Path target) throws IOException {
        return changed(image, target, (disk, elf) -> {
            for (int header : headers(disk, elf)) {
                if (disk.getInt(header) == PT_INTERP || disk.getInt(header) == PT_NOTE) {
                    disk.putInt(header, PT_INTERP).putLong(header + 8, 0);
                }
            }
        });
    }

    private interface Change {
        void at(ByteBuffer disk, int elf);
    }

    /** Files begin at whole sectors; the small ones are in one piece, and so are the large ones of a fresh image. */
    private static Path changed(Path image, Path target, Change change) throws IOException {
        ByteBuffer disk = ByteBuffer.wrap(Files.readAllBytes(image)).order(ByteOrder.LITTLE_ENDIAN);
        int programs = 0;
        for (int at = disk.getInt(ROOT_FIRST_SECTOR) * SECTOR; at + HEADER < disk.limit(); at += SECTOR) {
            if (disk.getInt(at) == ELF) {
                change.at(disk, at);
                programs++;
            }
        }
        assertThat(programs).as("programs in " + image).isPositive();
        return Files.write(target, disk.array());
    }

    /** Where the entry is in the file; 0 if there is none. */
    private static int entry(ByteBuffer disk, int elf) {
        long entry = disk.getLong(elf + 24);
        for (int header : headers(disk, elf)) {
            long start = entry - disk.getLong(header + 16);
            if (disk.getInt(header) == PT_LOAD && entry > 0 && start >= 0 && start < disk.getLong(header + 32)) {
                return (int) (disk.getLong(header + 8) + start);
            }
        }
        return 0;
    }

    private static int[] headers(ByteBuffer disk, int elf) {
        int table = elf + (int) disk.getLong(elf + 32);
        return IntStream.range(0, disk.getShort(elf + 56))
                .map(index -> table + 56 * index)
                .toArray();
    }
}

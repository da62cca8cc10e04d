package dev.unikernel.image;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What a file looks like that is not what it should be.
 *
 * @param what the kind of file, with its article
 * @param adviceForKernel the next step for who named it as the kernel
 * @param compressed whether the wanted file may be in it
 */
record Appearance(String what, String adviceForKernel, boolean compressed) {

    private static final String SWAPPED = "Name it as the image, and the kernel as the kernel.";
    private static final String OTHER = "Name the kernel's file.";

    private static final List<Signature> SIGNATURES = List.of(
            packed("1f8b", "gzip", "gunzip"),
            packed("fd377a585a00", "xz", "unxz"),
            packed("28b52ffd", "zstd", "unzstd"),
            packed("425a68", "bzip2", "bunzip2"),
            packed("04224d18", "lz4", "unlz4"),
            packed("504b0304", "zip", "unzip"),
            disk(0, "514649fb", "a qcow2 disk image"),
            disk(0, "636f6e6563746978", "a VHD disk image"),
            disk(0, "7668647866696c65", "a VHDX disk image"),
            disk(0, "4b444d56", "a VMDK disk image"),
            disk(512, "4546492050415254", "a disk image with a GUID partition table"),
            disk(32769, "4344303031", "a CD image"),
            disk(1080, "53ef", "an ext file system"),
            disk(0, "68737173", "a SquashFS file system"),
            other(
                    0,
                    "303730373031",
                    "an initramfs (cpio archive)",
                    "Name it as the initramfs, and the kernel as the kernel."),
            other(0, "2321", "a script", OTHER),
            other(0, "4d5a", "a program for EFI or Windows", OTHER),
            other(0, "213c617263683e", "a static library", "Name the linked kernel."),
            other(0, "cffaedfe", "a program for macOS", OTHER),
            disk(510, "55aa", "a raw disk image (it has a boot sector)"));

    static Appearance of(ByteBuffer head) {
        return SIGNATURES.stream()
                .filter(signature -> signature.matches(head))
                .findFirst()
                .map(Signature::appearance)
                .orElseGet(() -> byContent(head));
    }

    /** The archive that the file seems to be, if it is one that must be unpacked first. */
    static Optional<Appearance> packed(ByteBuffer head) {
        return Optional.of(of(head)).filter(Appearance::compressed);
    }

    private static Appearance byContent(ByteBuffer head) {
        byte[] bytes = new byte[Math.min(head.limit(), 512)];
        head.get(0, bytes);
        if (allBetween(bytes, 0, 0)) {
            return new Appearance("nothing but zeros", "Build or fetch it again.", false);
        }
        if (allBetween(bytes, '\t', '~')) {
            return new Appearance("a text", OTHER, false);
        }
        String start = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(bytes.length, 8));
        return new Appearance("data of no known kind, beginning with the bytes " + start, OTHER, false);
    }

    private static boolean allBetween(byte[] bytes, int low, int high) {
        for (byte value : bytes) {
            if (value < low || value > high) {
                return false;
            }
        }
        return true;
    }

    private static Signature packed(String hex, String tool, String unpacker) {
        return new Signature(
                0,
                bytes(hex),
                new Appearance("a file packed with " + tool, "Unpack it first, with " + unpacker + ".", true));
    }

    private static Signature disk(int offset, String hex, String what) {
        return new Signature(offset, bytes(hex), new Appearance(what, SWAPPED, false));
    }

    private static Signature other(int offset, String hex, String what, String advice) {
        return new Signature(offset, bytes(hex), new Appearance(what, advice, false));
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    /** Bytes at a place by which a kind of file is known. */
    private record Signature(int offset, ByteBuffer bytes, Appearance appearance) {

        boolean matches(ByteBuffer head) {
            return head.limit() >= offset + bytes.limit()
                    && head.slice(offset, bytes.limit()).equals(bytes);
        }
    }
}

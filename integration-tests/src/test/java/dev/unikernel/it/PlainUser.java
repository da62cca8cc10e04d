package dev.unikernel.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** A user who owns nothing on any machine and has no privilege; only root can become it. */
final class PlainUser {

    private static final int ID = 65534;
    private static final Path KVM = Path.of("/dev/kvm");

    private PlainUser() {}

    /** Whether this JVM is root's. */
    static boolean isPossible() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    /** Skips the test unless this JVM is root's. */
    static void assumePossible() throws IOException {
        assumeTrue(isPossible(), "only root can become a plain user");
    }

    /** What to put in front of a command. The only group is that of {@code /dev/kvm}, as for any user who may use KVM. */
    static List<String> prefix() throws IOException {
        List<String> prefix =
                new ArrayList<>(List.of("setpriv", "--reuid", Integer.toString(ID), "--regid", Integer.toString(ID)));
        prefix.addAll(
                Files.exists(KVM)
                        ? List.of(
                                "--groups", Files.getAttribute(KVM, "unix:gid").toString())
                        : List.of("--clear-groups"));
        return prefix;
    }

    /** Gives it a file or folder. */
    static void give(Path file) throws IOException {
        Files.setAttribute(file, "unix:uid", ID);
        Files.setAttribute(file, "unix:gid", ID);
    }

    /** Lets it read {@code source}, a jar or a folder of classes, as {@code copy}. */
    static void copyReadably(Path source, Path copy) throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                letIn(Files.createDirectories(target(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, target(file));
                Files.setPosixFilePermissions(target(file), PosixFilePermissions.fromString("rw-r--r--"));
                return FileVisitResult.CONTINUE;
            }

            private Path target(Path file) {
                return copy.resolve(source.relativize(file).toString());
            }
        });
    }

    /** Lets it read this JVM's class path as copies in {@code folder}; returns the class path of the copies. */
    static String copyClassPathReadably(Path folder) throws IOException {
        List<String> copies = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path copy = folder.resolve(copies.size() + "-" + Path.of(entry).getFileName());
            copyReadably(Path.of(entry), copy);
            copies.add(copy.toString());
        }
        return String.join(File.pathSeparator, copies);
    }

    /** Lets it into a folder. */
    static void letIn(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}

package dev.unikernel.network.tap;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.TapGuard;
import java.nio.file.Path;
import java.util.List;

/** A JVM that ends as fast as it can after its last guest. */
final class AttachCloseAndHalt {

    private AttachCloseAndHalt() {}

    public static void main(String[] args) {
        try (Attachment attachment = new TapNetwork(TapGuard.NONE).attach(List.of(), Path.of(args[0]))) {
            System.out.println(attachment.describe());
        }
        Runtime.getRuntime().halt(3);
    }
}

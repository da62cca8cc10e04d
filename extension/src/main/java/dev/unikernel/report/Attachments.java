package dev.unikernel.report;

import java.nio.file.Path;

/**
 * Names files on the standard output of a test, in the form that the JUnit Attachments plugin of Jenkins, GitLab and Azure
 * Pipelines read there: {@code [[ATTACHMENT|/path]]}, on a line of its own.
 */
public final class Attachments {

    private Attachments() {}

    /** @param file an absolute path */
    @SuppressWarnings("SystemOut") // that is where it is looked for
    public static void announce(Path file) {
        System.out.println("[[ATTACHMENT|" + file.toAbsolutePath() + "]]");
    }
}

package dev.unikernel.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What not every machine allows. */
final class Prerequisites {

    private Prerequisites() {}

    /** Skips the test unless {@code command} can be run and ends with status 0. */
    static void assumeSucceeds(List<String> command) {
        String outcome;
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            outcome = status == 0 ? "" : "status " + status + ": " + said.strip();
        } catch (IOException e) {
            outcome = e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome = "interrupted";
        }
        assumeTrue(outcome.isEmpty(), "this machine does not allow " + String.join(" ", command) + ": " + outcome);
    }
}

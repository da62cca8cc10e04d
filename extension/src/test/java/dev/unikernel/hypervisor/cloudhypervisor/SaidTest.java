package dev.unikernel.hypervisor.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** v53.0 writes a record piece by piece, and an error's lines in between, each at once. */
class SaidTest {

    private static final String[] RECORD = {
        "cloud-hypervisor: ",
        "  0.004862s",
        ": <",
        "payload_loader",
        "> ",
        "INFO",
        ":",
        "vmm/src/vm.rs:1636",
        " -- ",
        "Loading kernel",
        "\r\n"
    };

    private static final String[] CHAIN = {
        "Error: Cloud Hypervisor exited with the following ",
        "chain of errors:\n",
        "  0: Error booting VM\n",
        "  1: The VM could not boot\n",
        "  2: Failed to open taps\n",
        "  3: Operation not permitted (os error 1)\n"
    };

    private static final String[] ERROR = {
        "Error: Cloud Hypervisor exited with the following ", "error:\n", "  Error creating the seccomp filter\n"
    };

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void chainIsFoundBetweenThePiecesOfARecord(int before) {
        isFound(CHAIN, before, "Failed to open taps: Operation not permitted (os error 1)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void singleErrorIsFoundBetweenThePiecesOfARecord(int before) {
        isFound(ERROR, before, "Error creating the seccomp filter");
    }

    /** However many pieces of the record come after so many lines, and however many lines before the rest of it. */
    private static void isFound(String[] error, int before, String summary) {
        for (int pieces = 0; pieces <= RECORD.length; pieces++) {
            for (int apart = 0; before + apart <= error.length; apart++) {
                assertThat(Said.in(interleaved(error, before, pieces, apart)).summary())
                        .as("%d lines, %d pieces, %d lines", before, pieces, apart)
                        .isEqualTo(summary);
            }
        }
    }

    @Test
    void recordThatTheEndOfTheProcessCutsOffIsNoPartOfAChain() {
        assertThat(Said.in(String.join("", CHAIN) + "  0.00").summary())
                .isEqualTo("Failed to open taps: Operation not permitted (os error 1)");
    }

    private static String interleaved(String[] error, int before, int pieces, int apart) {
        StringBuilder log = new StringBuilder();
        append(log, error, 0, before);
        append(log, RECORD, 0, pieces);
        append(log, error, before, before + apart);
        append(log, RECORD, pieces, RECORD.length);
        append(log, error, before + apart, error.length);
        return log.toString();
    }

    private static void append(StringBuilder log, String[] pieces, int from, int to) {
        for (int i = from; i < to; i++) {
            log.append(pieces[i]);
        }
    }
}

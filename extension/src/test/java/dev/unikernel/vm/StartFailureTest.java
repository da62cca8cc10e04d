package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.hypervisor.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartFailureTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "assigned: 0.0.0.0, true",
        "en1: assigned 0.0.0.0, true",
        "[2.110804] en1: assigned 0.0.0.0, true",
        "[2.110804] en1: assigned 10.0.0.0, false",
        "unassigned 0.0.0.0, false",
        "listening on 0.0.0.0, false"
    })
    void lostAddressIsSeenOnTheSerialLine(String line, boolean lost) throws IOException {
        Path serial = Files.writeString(folder.resolve("serial.log"), "first\r\n" + line + "\r\nlast\r\n");

        assertThat(StartFailure.hasLostItsAddress(new LogFile(serial))).isEqualTo(lost);
    }
}

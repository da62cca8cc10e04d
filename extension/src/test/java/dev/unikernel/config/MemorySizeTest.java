package dev.unikernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemorySizeTest {

    @ParameterizedTest
    @CsvSource({
        "512K, 524288, 512K",
        "256M, 268435456, 256M",
        "1G, 1073741824, 1G",
        "1024M, 1073741824, 1G",
        "256m, 268435456, 256M",
        "' 256 M ', 268435456, 256M",
        "00256M, 268435456, 256M",
        "65536G, 70368744177664, 65536G",
        "68719476736K, 70368744177664, 65536G"
    })
    void numberWithUnitIsRead(String text, long bytes, String shortest) {
        assertThat(MemorySize.parse(text).bytes()).isEqualTo(bytes);
        assertThat(MemorySize.parse(text)).hasToString(shortest);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            0       | is zero
            0M      | is zero
            0.0G    | is zero
            256MB   | has the unknown unit 'MB'
            256MiB  | has the unknown unit 'MiB'
            1T      | has the unknown unit 'T'
            -1      | is negative
            -256M   | is negative
            256     | has no unit
            1.5G    | is no whole number
            1,5G    | is no whole number
            +5M     | is no whole number
            ""      | is no number with a unit
            M       | is no number with a unit
            256M 1G | is no number with a unit
            0x10M   | is no number with a unit
            99999G  | is above 65536G, which is all that a guest can address
            65537G  | is above 65536G, which is all that a guest can address
            9223372036854775808K | is above 65536G, which is all that a guest can address
            """)
    void anythingElseIsRefusedWithItsReason(String text, String reason) {
        assertThatThrownBy(() -> MemorySize.parse(text))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The memory size '" + text + "' " + reason + ". Expected is a whole number above 0 with its"
                        + " unit K, M or G (1K is 1024 bytes), such as 256M.");
    }

    @Test
    void bytesAreChecked() {
        assertThatThrownBy(() -> new MemorySize(0))
                .isInstanceOf(ConfigException.class)
                .hasMessage("A memory size is from 1 to 70368744177664 bytes, but was: 0");
        assertThat(new MemorySize(1000)).hasToString("1000 bytes");
    }
}

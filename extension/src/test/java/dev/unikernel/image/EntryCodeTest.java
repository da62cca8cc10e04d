package dev.unikernel.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryCodeTest {

    /** The entry of Nanos since its commit e94c4663: mov, mov cr4, mov, rdmsr, or, wrmsr, mov, mov, call. */
    private static final String NANOS = "b820000000 0f22e0 b9800000c0 0f32 0d00090000 0f30 b800f00f00 89c7 e891000000";

    @Test
    void nanosUsesAStackThatItHasNotSet() {
        assertThat(usesUnsetStack(NANOS)).isTrue();
    }

    @Test
    void codeThatEndsBeforeTheStackIsUsedIsLeftAlone() {
        String whole = NANOS.replace(" ", "");
        for (int length = 0; length < whole.length(); length += 2) {
            assertThat(usesUnsetStack(whole.substring(0, length)))
                    .as("%d bytes", length / 2)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fixture guest  | fa fc bc00401100 0f20e0 83c820 e800000000
            Linux 6 (lgdt, mov, segments, lea esp) | fc 0f0115 00000000 b818000000 8ed8 8ec0 8ed0 bc00100000 50
            mov esp, r     | 89c4 50
            mov esp, m     | 8b2500100000 50
            lea esp        | 8d6304 50
            add esp        | 83c410 50
            and esp        | 81e4f0ffffff 50
            xor esp        | 31e4 50
            mov esp, cr0   | 0f20c4 50
            inc esp        | 44 50
            xchg eax, esp  | 94 50
            lss            | 0fb22500100000 50
            jmp            | eb00 50
            je             | 7400 50
            far jmp        | ea0000000008 00 50
            prefix         | 66b81800 50
            hlt            | f4 50
            unknown 0f     | 0f0b 50
            """)
    void codeThatSetsAStackOrIsNotUnderstoodIsLeftAlone(String name, String hex) {
        assertThat(usesUnsetStack(hex)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            call            | e800000000
            call m          | ff1500100000
            call r          | ffd0
            push r          | 53
            push m          | ff7304
            push imm32      | 6800000000
            push imm8       | 6a00
            pop r           | 58
            pusha           | 60
            pushf           | 9c
            ret             | c3
            disp8           | 8b4304 50
            disp32          | 8b8300000080 50
            absolute        | 8b0500000080 50
            sib             | 8b041b 50
            sib disp8       | 8b441b04 50
            sib disp32      | 8b841b00000080 50
            sib absolute    | 8b041d00000080 50
            mov m, imm      | c70500100000 78563412 50
            or m, imm8      | 830807 50
            shift           | c1ee12 50
            lgdt            | 0f011500100000 50
            mov cr3         | 0f22d8 50
            bts             | 0fbae808 50
            segments        | 8ed8 8ec0 8ed0 50
            port            | e680 ee 50
            """)
    void stackThatIsUsedIsSeenBehindWhatIsKnown(String name, String hex) {
        assertThat(usesUnsetStack(hex)).isTrue();
    }

    private static boolean usesUnsetStack(String hex) {
        byte[] code = HexFormat.of().parseHex(hex.replace(" ", ""));
        return new EntryCode(ByteBuffer.wrap(code)).usesUnsetStack();
    }
}

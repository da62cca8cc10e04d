package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OptionFieldsTest {

    @Test
    void whatFitsStandsInTheOptionsFieldAlone() {
        OptionFields fields =
                OptionFields.lay(List.of(option(1, 4), option(2, 0)), 9).orElseThrow();

        assertThat(hex(fields.options())).isEqualTo("0104" + "01010101" + "0200" + "ff");
        assertThat(fields.file()).isEqualTo(new byte[128]);
        assertThat(fields.sname()).isEqualTo(new byte[64]);
    }

    @Test
    void oneByteLessAndTheFileFieldIsUsed() {
        OptionFields fields =
                OptionFields.lay(List.of(option(1, 3), option(2, 5)), 12).orElseThrow();

        assertThat(hex(fields.options())).isEqualTo("340101" + "0103" + "010101" + "ff");
        assertThat(hex(fields.file()))
                .startsWith("0205" + "0202020202" + "ff" + "00")
                .hasSize(256);
        assertThat(fields.sname()).isEqualTo(new byte[64]);
    }

    @Test
    void theNameFieldComesLast() {
        OptionFields fields = OptionFields.lay(List.of(option(1, 3), option(2, 125), option(3, 61)), 12)
                .orElseThrow();

        assertThat(hex(fields.options())).startsWith("340103");
        assertThat(hex(fields.file())).startsWith("027d").endsWith("ff");
        assertThat(hex(fields.sname())).startsWith("033d").endsWith("ff");
    }

    @Test
    void anOptionThatNoFieldHoldsIsSplitAmongThem() {
        OptionFields fields =
                OptionFields.lay(List.of(option(1, 1), option(2, 180)), 12).orElseThrow();

        assertThat(hex(fields.options())).isEqualTo("340103" + "010101" + "0203" + "020202" + "ff");
        assertThat(hex(fields.file())).startsWith("027d").endsWith("ff");
        assertThat(hex(fields.sname())).startsWith("0234").contains("02ff00");
    }

    @Test
    void allThreeFieldsCanBeFilledToTheLastByte() {
        // 12 - end - overload - code and length; 128 - end - code and length; 64 - the same.
        int most = 12 - 1 - 3 - 2 + 125 + 61;

        OptionFields fields = OptionFields.lay(List.of(option(7, most)), 12).orElseThrow();

        assertThat(hex(fields.options())).endsWith("ff").hasSize(24);
        assertThat(hex(fields.file())).endsWith("ff");
        assertThat(hex(fields.sname())).endsWith("ff");
        assertThat(OptionFields.lay(List.of(option(7, most + 1)), 12)).isEmpty();
    }

    @Test
    void readingGivesBackWhatWasLaidWhateverTheRoom() {
        for (int longest = 60; longest < 400; longest += 7) {
            List<DhcpOption> options = new ArrayList<>();
            for (int code = 1; code < 6; code++) {
                options.add(option(60 + code, (longest * code * 31) % 140));
            }
            Optional<OptionFields> fields = OptionFields.lay(options, longest);
            if (fields.isPresent()) {
                assertThat(fields.get().options()).hasSizeLessThanOrEqualTo(longest);
                assertThat(OptionReader.read(
                                new WireReader(fields.get().options(), 0),
                                new WireReader(fields.get().file(), 0),
                                new WireReader(fields.get().sname(), 0)))
                        .isEqualTo(options);
            }
        }
    }

    private static DhcpOption option(int code, int length) {
        byte[] value = new byte[length];
        Arrays.fill(value, (byte) code);
        return new DhcpOption.Raw(code, value);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}

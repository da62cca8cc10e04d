package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WireWriterTest {

    @Test
    void theLargestValueOfEachWidthIsWritten() {
        byte[] bytes = new WireWriter()
                .u8("a", 0xff)
                .u16("b", 0xffff)
                .u32("c", 0xffffffffL)
                .u16("d", 0x0102)
                .toBytes();

        assertThat(bytes).containsExactly(-1, -1, -1, -1, -1, -1, -1, 1, 2);
    }

    @Test
    void aValueThatDoesNotFitIsRefusedAndNamed() {
        WireWriter writer = new WireWriter();

        assertThatThrownBy(() -> writer.u8("hops", 256)).hasMessage("hops has 1 bytes, but was: 256");
        assertThatThrownBy(() -> writer.u8("hops", -1)).hasMessage("hops has 1 bytes, but was: -1");
        assertThatThrownBy(() -> writer.u16("secs", 0x10000)).hasMessage("secs has 2 bytes, but was: 65536");
        assertThatThrownBy(() -> writer.u32("time", 1L << 32)).hasMessage("time has 4 bytes, but was: 4294967296");
        assertThat(writer.size()).isZero();
    }
}

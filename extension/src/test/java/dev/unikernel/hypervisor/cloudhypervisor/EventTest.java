package dev.unikernel.hypervisor.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTest {

    @Test
    void recordOfVersion53IsRead() {
        String record = """
                {
                  "timestamp": {
                    "secs": 2,
                    "nanos": 8821273
                  },
                  "source": "vm",
                  "event": "booted",
                  "properties": null
                }""";

        assertThat(Event.parse(record)).contains(new Event(2_008_821_273L, "vm", "booted", ""));
    }

    @Test
    void deviceIsNamedByItsProperties() {
        String record = """
                {"timestamp":{"secs":0,"nanos":1},"source":"virtio-device","event":"activated",
                 "properties":{"id":"net0"}}""";

        assertThat(Event.parse(record)).contains(new Event(1, "virtio-device", "activated", "net0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[]",
                "{}",
                "{\"timestamp\":7}",
                "{\"timestamp\":{\"secs\":0},\"source\":\"vm\",\"event\":\"booted\"}",
                "{\"timestamp\":{\"secs\":\"x\",\"nanos\":0},\"source\":\"vm\",\"event\":\"booted\"}",
                "{\"timestamp\":{\"secs\":0,\"nanos\":1},\"source\":\"vm\""
            })
    void whatIsNoRecordIsNone(String text) {
        assertThat(Event.parse(text)).isEmpty();
    }
}

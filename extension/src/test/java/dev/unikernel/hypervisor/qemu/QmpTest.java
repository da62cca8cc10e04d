package dev.unikernel.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.unikernel.hypervisor.GuestCounters;
import dev.unikernel.hypervisor.HypervisorException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QmpTest {

    private final List<String> spoken = new ArrayList<>();
    private final Deque<String> lines = new ArrayDeque<>();
    private boolean alive = true;
    private final Qmp qmp = new Qmp(spoken::add, this::listen, Duration.ofMillis(200));

    private boolean listen() {
        boolean more = alive;
        while (!lines.isEmpty()) {
            Answer.parse(lines.remove()).ifPresent(qmp::hear);
        }
        return more;
    }

    @Test
    void commandIsAnsweredByItsNumber() {
        lines.add("{\"return\": {\"status\": \"other\"}, \"id\": \"unikernel-7\"}");
        lines.add("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}");
        lines.add("{\"return\": {\"running\": false, \"status\": \"paused\"}, \"id\": \"unikernel-1\"}\r");

        assertThat(QmpResults.status(qmp.execute("query-status"))).isEqualTo("paused");
        assertThat(spoken).containsExactly("{\"execute\":\"query-status\",\"id\":\"unikernel-1\"}\n");
    }

    @Test
    void argumentsAreSent() {
        lines.add("{\"return\": {}, \"id\": \"unikernel-1\"}");

        qmp.execute("set_link", "{\"name\":\"net0\",\"up\":false}");

        assertThat(spoken)
                .containsExactly("{\"execute\":\"set_link\",\"arguments\":{\"name\":\"net0\",\"up\":false},"
                        + "\"id\":\"unikernel-1\"}\n");
    }

    @Test
    void refusalIsQuoted() {
        lines.add("{\"id\": \"unikernel-1\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Resetting the Virtual"
                + " Machine is required\"}}");

        assertThatThrownBy(() -> qmp.execute("cont"))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("QEMU did not do 'cont': Resetting the Virtual Machine is required. Next: see vmm.log");
    }

    @Test
    void silenceIsAnErrorAtTheLimit() {
        assertThatThrownBy(() -> qmp.execute("stop"))
                .hasMessage("QEMU did not answer 'stop' within 200 ms. Next: does it hang? See vmm.log");
    }

    @Test
    void endOfQemuIsAnErrorAtOnce() {
        alive = false;

        assertThatThrownBy(() -> qmp.execute("stop"))
                .hasMessage("QEMU ended before it answered 'stop'. Next: see vmm.log");
    }

    @Test
    void lastAnswerOfAnEndedQemuCounts() {
        alive = false;
        lines.add("{\"return\": {}, \"id\": \"unikernel-1\"}");

        assertThat(qmp.execute("system_powerdown")).isEqualTo(new JsonObject());
    }

    @Test
    void disksAreCounted() {
        GuestCounters counters = QmpResults.counters(JsonParser.parseString("""
                [{"device": "disk0", "qdev": "/machine/peripheral-anon/device[0]/virtio-backend", "node-name": "#block172",
                  "stats": {"rd_bytes": 1024, "rd_operations": 2, "wr_bytes": 512, "wr_operations": 1, "idle_time_ns": 5}}]
                """));

        assertThat(counters.disk("disk0")).isEqualTo(new GuestCounters.Disk(1024, 2, 512, 1));
        assertThatThrownBy(() -> counters.nic("net0"))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("nothing is counted of a network card 'net0'; counted is of the cards [] and the disks"
                        + " [disk0]. Next: QEMU counts for disks only; Cloud Hypervisor counts for cards, too");
        assertThatThrownBy(() -> counters.disk("disk1")).hasMessageContaining("a disk 'disk1'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[{\"device\": \"disk0\", \"stats\": {\"rd_bytes\": 1}}]"})
    void countersOfAnotherShapeAreQuoted(String result) {
        assertThatThrownBy(() -> QmpResults.counters(JsonParser.parseString(result)))
                .hasMessageContaining("QEMU answered 'query-blockstats' with '");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"return\": {}}",
                "{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}",
                "{\"event\": \"STOP\"}",
                "{\"id\": \"a\"}",
                "nonsense{"
            })
    void lineWithoutANumberIsNoAnswer(String line) {
        assertThat(Answer.parse(line)).isEmpty();
    }
}

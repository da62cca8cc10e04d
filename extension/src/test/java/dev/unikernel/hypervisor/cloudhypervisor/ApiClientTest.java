package dev.unikernel.hypervisor.cloudhypervisor;

import static dev.unikernel.hypervisor.cloudhypervisor.PlayedApi.answer;
import static dev.unikernel.hypervisor.cloudhypervisor.PlayedApi.hangUp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.hypervisor.GuestCounters;
import dev.unikernel.hypervisor.HypervisorException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The traps of the dialect. Answers with {@code Server: Cloud Hypervisor API} are what version 53.0 really sent. */
@Timeout(30)
class ApiClientTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String HEAD = "\r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\n";
    private static final String JSON = HEAD + "Content-Type: application/json\r\n";
    private static final String NO_CONTENT = "HTTP/1.1 204 " + HEAD + "\r\n";
    private static final String FULL = "HTTP/1.1 503 \r\nServer: Firecracker API\r\nConnection: close\r\n"
            + "Content-Length: 40\r\n\r\n{ \"error\": \"Too many open connections\" }";

    @TempDir
    Path folder;

    private Path socket() {
        return folder.resolve("api.sock");
    }

    @Test
    void callWithoutContentIsDoneByStatus204() throws Exception {
        try (PlayedApi api = PlayedApi.at(socket(), answer(NO_CONTENT))) {
            client(LONG).pause();
            client(LONG).resume();
            client(LONG).powerButton();

            assertThat(api.requests())
                    .containsExactly(request("vm.pause"), request("vm.resume"), request("vm.power-button"));
        }
    }

    @Test
    void stateIsReadFromTheInfo() throws Exception {
        try (PlayedApi api = PlayedApi.at(socket(), answer(ok("{\"config\":{},\"state\":\"Paused\"}")))) {
            assertThat(client(LONG).state()).isEqualTo("Paused");
            assertThat(api.requests())
                    .containsExactly("GET /api/v1/vm.info HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n");
        }
    }

    @Test
    void countersAreReadThoughSomeAreTooLargeForALong() throws Exception {
        try (PlayedApi api = PlayedApi.at(
                socket(),
                answer(ok("{\"disk0\":{\"write_bytes\":0,\"write_latency_max\":18446744073709551615,\"read_ops\":1,"
                        + "\"read_bytes\":512,\"write_latency_min\":18446744073709551615,\"write_ops\":0},"
                        + "\"net0\":{\"rx_frames\":3,\"rx_bytes\":266,\"tx_bytes\":684,\"tx_frames\":2},"
                        + "\"something\":{\"else\":1}}")))) {
            GuestCounters counters = client(LONG).counters();

            assertThat(counters.nics()).containsOnlyKeys("net0");
            assertThat(counters.disks()).containsOnlyKeys("disk0");
            assertThat(counters.nic("net0")).isEqualTo(new GuestCounters.Nic(266, 3, 684, 2));
            assertThat(counters.disk("disk0")).isEqualTo(new GuestCounters.Disk(512, 1, 0, 0));
        }
    }

    @Test
    void answerMayComeByteByByte() throws Exception {
        PlayedApi.Scene slowly = (connection, api) -> {
            api.read(connection);
            for (char c : ok("{\"state\":\"Running\"}").toCharArray()) {
                PlayedApi.write(connection, String.valueOf(c));
                Thread.yield();
            }
        };
        try (PlayedApi api = PlayedApi.at(socket(), slowly)) {
            assertThat(client(LONG).state()).isEqualTo("Running");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ["Error from API","The VM could not be paused","Cannot pause VM"] | HTTP 500: Error from API: The VM could not be paused: Cannot pause VM
            The VM could not be paused: VM is not running                     | HTTP 500: The VM could not be paused: VM is not running
            VmPause(VmNotRunning)                                             | HTTP 500: VmPause(VmNotRunning)
            [Unclosed                                                         | HTTP 500: [Unclosed
            ``                                                                | HTTP 500 without a reason
            """)
    void errorIsQuotedInAnyDialect(String body, String said) throws Exception {
        try (PlayedApi api = PlayedApi.at(socket(), answer(withBody("500 ", body)))) {
            assertThatThrownBy(() -> client(LONG).pause())
                    .isInstanceOf(HypervisorException.class)
                    .hasMessage("Cloud Hypervisor did not do 'vm.pause': " + said + ". Next: see the end of vmm.log");
        }
    }

    /** Below v39.0 an empty answer states no length, and its connection stays open. */
    @Test
    void emptyAnswerWithoutALengthIsNotWaitedFor() throws Exception {
        try (PlayedApi api = PlayedApi.at(socket(), answer("HTTP/1.1 400 " + HEAD + "\r\n"))) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> client(LONG).pause()).hasMessageContaining("HTTP 400 without a reason");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG.dividedBy(4));
        }
    }

    @Test
    void bodyWithoutALengthIsReadUpToTheEndOfTheConnection() throws Exception {
        PlayedApi.Scene unstated = (connection, api) -> {
            api.read(connection);
            PlayedApi.write(connection, "HTTP/1.1 200 " + HEAD + "\r\n{\"state\":");
            PlayedApi.write(connection, "\"Running\"}");
            connection.close();
        };
        try (PlayedApi api = PlayedApi.at(socket(), unstated)) {
            assertThat(client(LONG).state()).isEqualTo("Running");
        }
    }

    @Test
    void eleventhConnectionIsTriedAgain() throws Exception {
        PlayedApi.Scene full = (connection, api) -> {
            PlayedApi.write(connection, FULL);
            connection.close();
        };
        try (PlayedApi api = PlayedApi.at(socket(), full, full, answer(NO_CONTENT))) {
            client(LONG).pause();

            assertThat(api.requests()).containsExactly(request("vm.pause"));
        }
    }

    @Test
    void lackOfConnectionsIsAnErrorInTheEnd() throws Exception {
        PlayedApi.Scene full = (connection, api) -> {
            PlayedApi.write(connection, FULL);
            connection.close();
        };
        try (PlayedApi api = PlayedApi.at(socket(), full)) {
            assertThatThrownBy(() -> client(SHORT).pause())
                    .hasMessage("Cloud Hypervisor did not do 'vm.pause': HTTP 503: { \"error\": \"Too many open"
                            + " connections\" }. Next: who else is connected to its API socket? It serves ten"
                            + " connections at a time");
        }
    }

    @Test
    void silenceIsAnErrorAtTheLimit() throws Exception {
        try (PlayedApi api = PlayedApi.at(socket(), (connection, self) -> self.read(connection))) {
            assertThatThrownBy(() -> client(SHORT).pause())
                    .isInstanceOf(HypervisorException.class)
                    .hasMessage(
                            "Cloud Hypervisor did not answer 'vm.pause' within 300 ms. Next: see the end of vmm.log:"
                                    + " is it at work, or does it hang?");
        }
    }

    @Test
    void answerThatStopsInTheMiddleIsAnErrorAtTheLimit() throws Exception {
        try (PlayedApi api =
                PlayedApi.at(socket(), answer("HTTP/1.1 200 " + JSON + "Content-Length: 100\r\n\r\n{\"state\""))) {
            assertThatThrownBy(() -> client(SHORT).state()).hasMessageContaining("did not answer 'vm.info' within");
        }
    }

    @Test
    void answerThatNeverEndsIsCutOff() throws Exception {
        PlayedApi.Scene endless = (connection, api) -> {
            api.read(connection);
            while (true) {
                PlayedApi.write(connection, "x".repeat(8192));
            }
        };
        try (PlayedApi api = PlayedApi.at(socket(), endless)) {
            assertThatThrownBy(() -> client(LONG).state())
                    .hasMessageContaining("the answer has more than " + ReplyBuffer.LARGEST + " bytes");
        }
    }

    @Test
    void whatIsNotHttpIsQuoted() throws Exception {
        try (PlayedApi api = PlayedApi.at(socket(), answer("SSH-2.0-OpenSSH\r\n\r\n"))) {
            assertThatThrownBy(() -> client(LONG).pause())
                    .hasMessageContaining("the answer begins with 'SSH-2.0-OpenSSH', expected was 'HTTP/1.1 <status>'");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nonsense{        | a JSON object
            []               | a JSON object
            {}               | an object with 'state'
            {"state":{}}     | an object with 'state'
            """)
    void contentOfAnotherShapeIsQuoted(String body, String expected) throws Exception {
        try (PlayedApi api = PlayedApi.at(socket(), answer(ok(body)))) {
            assertThatThrownBy(() -> client(LONG).state())
                    .isInstanceOf(HypervisorException.class)
                    .hasMessageStartingWith("Cloud Hypervisor answered 'vm.info' with '" + body + "', expected was "
                            + expected + ". Next: ");
        }
    }

    @Test
    void counterThatIsMissingIsNamed() throws Exception {
        try (PlayedApi api = PlayedApi.at(socket(), answer(ok("{\"net0\":{\"rx_bytes\":1,\"rx_frames\":\"2\"}}")))) {
            assertThatThrownBy(() -> client(LONG).counters()).hasMessageContaining("expected was a number 'rx_frames'");
        }
    }

    @Test
    void endOfTheConnectionIsAnError() throws Exception {
        try (PlayedApi api = PlayedApi.at(socket(), hangUp())) {
            assertThatThrownBy(() -> client(LONG).pause())
                    .hasMessage(
                            "Cloud Hypervisor did not answer 'vm.pause' at " + socket() + ": the connection was closed"
                                    + " without an answer. Next: see the end of vmm.log: is it still running?");
        }
    }

    @Test
    void socketWithoutAServerIsAnErrorAtOnce() throws IOException {
        assertThatThrownBy(() -> client(LONG).pause())
                .isInstanceOf(HypervisorException.class)
                .hasMessageStartingWith("Cloud Hypervisor did not answer 'vm.pause' at " + socket() + ": ");
    }

    @Test
    void interruptIsKeptForLater() throws Exception {
        try (PlayedApi api = PlayedApi.at(socket(), answer(ok("{\"state\":\"Running\"}")))) {
            Thread.currentThread().interrupt();
            assertThat(client(LONG).state()).isEqualTo("Running");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private ApiClient client(Duration limit) {
        return new ApiClient(socket(), limit);
    }

    private static String request(String call) {
        return "PUT /api/v1/" + call + " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nContent-Length: 0\r\n\r\n";
    }

    private static String ok(String body) {
        return withBody("200 ", body);
    }

    private static String withBody(String status, String body) {
        return "HTTP/1.1 " + status + JSON + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }
}

package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a user's IDE or build runs, see {@link PlainUserIT}. */
@UnikernelVm(kernel = Guests.KERNEL, image = Guests.IMAGE)
class AsAPlainUser {

    /** A method of this class. */
    static final String TEST = "theGuestAnswersThroughTheNetworkOfAHelper";

    /** A system property: the network namespace of what launches this. */
    static final String NETWORK_OF_THE_LAUNCHER = "launcher.network";

    /** A system property: whether what launches this talks to this JVM over TCP. */
    static final String TCP = "launcher.tcp";

    /** 127.0.0.1, which a socket of IPv6 may have, too, or ::1. */
    private static final String LOOPBACK = "(?:(?:0{16}FFFF0000)?0100007F|0{24}01000000)";

    /** A connection from one of them to one of them in the kernel's tables; the last group is the socket's number. */
    private static final Pattern CONNECTION =
            Pattern.compile("(?m)^ *\\d+: " + LOOPBACK + ":\\w{4} " + LOOPBACK + ":\\w{4} 01(?: +\\S+){5} +(\\d+) .*$");

    @Test
    void theGuestAnswersThroughTheNetworkOfAHelper(Vm vm, @VmAddress URI uri) throws Exception {
        assertThat(vm.plan().networkMode()).isEqualTo(NetworkMode.NAMESPACE);
        assertThat(vm.address().getHostAddress()).startsWith("127.77.");
        assertThat(Http.get(uri).statusCode()).isEqualTo(200);
    }

    @Test
    void aGuestReachesAServerOfThisJvm() throws Exception {
        VmSpec spec = VmSpec.builder()
                .kernel(FixtureGuest.kernel())
                .cmdline("peer=10.0.2.2")
                .outbound(true)
                .build();
        try (LoopbackServer server = new LoopbackServer(1_000);
                Vm vm = VmLauncher.create().start(spec)) {
            OutboundIT.fetch(vm, server);
            OutboundIT.awaitFetched(vm, server);
        }
    }

    @Test
    void thisJvmMayNothingThatOthersMayNot() throws IOException {
        assertThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isNotEqualTo(0);
        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapAmb")) {
            assertThat(Path.of("/proc/self/status")).content().containsPattern(set + ":\t0+\n");
        }
    }

    @Test
    void thisJvmIsInTheNetworkOfWhatLaunchedIt() throws IOException {
        assertThat(network()).isEqualTo(System.getProperty(NETWORK_OF_THE_LAUNCHER));
    }

    static String network() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
    }

    @Test
    void whatLaunchedThisJvmTalksToItAsItSays() throws IOException {
        Set<Long> own = MarkedProcesses.sockets(Path.of("/proc/self"));
        String connections =
                Files.readString(Path.of("/proc/self/net/tcp")) + Files.readString(Path.of("/proc/self/net/tcp6"));
        assertThat(CONNECTION
                        .matcher(connections)
                        .results()
                        .anyMatch(connection -> own.contains(Long.valueOf(connection.group(1)))))
                .as("is connected over TCP; the connections are\n%s", connections)
                .isEqualTo(Boolean.getBoolean(TCP));
    }
}

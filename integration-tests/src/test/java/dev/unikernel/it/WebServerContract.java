package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.junit.VmAddress;
import dev.unikernel.vm.Vm;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a test sees of any guest that serves HTTP, whoever wrote its kernel. */
abstract class WebServerContract {

    private final String greeting;

    WebServerContract(String greeting) {
        this.greeting = greeting;
    }

    @Test
    void answersAtTheInjectedAddress(@VmAddress URI uri) throws Exception {
        HttpResponse<String> response = Http.get(uri);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith(greeting);
    }

    @Test
    void itsOwnWordForItsAddressIsTheLeases(Vm vm) {
        // A guest may answer before it has finished that line.
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(vm.serialLog())
                .content()
                .contains("assigned: " + vm.lease().address().getHostAddress()));
    }
}

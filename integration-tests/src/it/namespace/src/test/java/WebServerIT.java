import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import dev.unikernel.vm.Vm;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

@UnikernelVm(kernel = "classpath:dev/unikernel/fixtures/fixture.elf", image = "classpath:dev/unikernel/fixtures/hello.img")
class WebServerIT {
    private final HttpClient http = HttpClient.newHttpClient();

    /** In a namespace of its own a guest is reached at the very address that DHCP gave it. */
    @Test
    void greets(Vm vm, @VmAddress URI uri) throws Exception {
        assertEquals("http://" + vm.lease().address().getHostAddress() + ":8080/", uri.toString());
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertEquals(200, response.statusCode());
    }
}

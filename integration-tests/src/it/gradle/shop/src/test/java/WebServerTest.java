import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

@UnikernelVm(kernel = "classpath:dev/unikernel/fixtures/fixture.elf", image = "classpath:dev/unikernel/fixtures/hello.img")
class WebServerTest {
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void greets(@VmAddress URI uri) throws Exception {
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertEquals(200, response.statusCode());
    }
}

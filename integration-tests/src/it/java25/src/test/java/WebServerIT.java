import static org.junit.jupiter.api.Assertions.assertEquals;

import module java.net.http;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import java.net.URI;
import org.junit.jupiter.api.Test;

@UnikernelVm(kernel = "classpath:dev/unikernel/fixtures/fixture.elf", image = "classpath:dev/unikernel/fixtures/hello.img")
class WebServerIT {
    private final URI server;

    WebServerIT(@VmAddress URI server) {
        assertEquals("http", server.getScheme()); // before super(): Java 25
        super();
        this.server = server;
    }

    @Test
    void greets() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var response =
                    http.send(HttpRequest.newBuilder(server).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, response.statusCode());
        }
    }
}

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import java.io.IOException;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

@UnikernelVm(kernel = "classpath:dev/unikernel/fixtures/fixture.elf", image = "classpath:dev/unikernel/fixtures/hello.img")
class WebServerIT {
    private final OkHttpClient http = new OkHttpClient();

    @Test
    void greets(@VmAddress HttpUrl url) throws IOException {
        try (Response response = http.newCall(new Request.Builder().url(url).build()).execute()) {
            assertEquals(200, response.code());
        }
    }
}

package dev.unikernel.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import dev.unikernel.report.TimelineChart;
import dev.unikernel.vm.Vm;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/** What {@code bin/demo} runs: a test as a user would write it, which also prints what it saw. */
@UnikernelVm(
        kernel = "classpath:dev/unikernel/fixtures/fixture.elf",
        image = "classpath:dev/unikernel/fixtures/hello.img")
class DemoTest {

    @Test
    void theGuestAnswers(Vm vm, @VmAddress URI uri) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        assertEquals(200, response.statusCode());
        System.out.print(TimelineChart.of(vm));
        System.out.println("  DHCP      leased " + vm.lease().address().getHostAddress() + " for "
                + vm.lease().time().toHours() + " h from " + vm.lease().server().getHostAddress());
        System.out.println("  GET /     HTTP " + response.statusCode() + " "
                + response.body().strip());
    }
}

package dev.unikernel.hypervisor.cloudhypervisor;

import dev.unikernel.hypervisor.GuestCounters;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.Patience;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Cloud Hypervisor's API at its Unix socket, in the dialects from v32.1 to v53.0. Each call uses a connection of its own
 * and bounded time. Safe for use by several threads.
 */
final class ApiClient {

    static final String PAUSED = "Paused";

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    private final Path socket;
    private final Duration limit;

    ApiClient(Path socket) {
        this(socket, LIMIT);
    }

    /** @param limit for each call with all its attempts */
    ApiClient(Path socket, Duration limit) {
        this.socket = socket;
        this.limit = limit;
    }

    /** {@code Created}, {@code Running}, {@code Shutdown}, {@value #PAUSED} or {@code BreakPoint}. */
    String state() {
        return ApiAnswers.state(get("vm.info"));
    }

    GuestCounters counters() {
        return ApiAnswers.counters(get("vm.counters"));
    }

    void pause() {
        put("vm.pause");
    }

    void resume() {
        put("vm.resume");
    }

    void powerButton() {
        put("vm.power-button");
    }

    private String get(String call) {
        return call("GET", call);
    }

    /** Nothing is sent but the call: {@code {}} would be refused. */
    private void put(String call) {
        call("PUT", call);
    }

    private String call(String method, String call) {
        try {
            return require(call, exchange(method, call));
        } catch (IOException e) {
            throw unanswered(call, e);
        }
    }

    /** As often as there is no free connection: ten are served at a time. */
    private ApiReply exchange(String method, String call) throws IOException {
        String request = method + " /api/v1/" + call + " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
                + (method.equals("PUT") ? "Content-Length: 0\r\n" : "") + "\r\n";
        long deadline = System.nanoTime() + limit.toNanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            ApiReply reply = ApiExchange.of(socket, request, left);
            if (!reply.isBusy() || left.compareTo(pause) <= 0) {
                return reply;
            }
            Patience.pause(pause);
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
        }
    }

    private static String require(String call, ApiReply reply) {
        if (reply.isSuccess()) {
            return reply.body();
        }
        throw new HypervisorException(
                "Cloud Hypervisor did not do '" + call + "': " + reply.error(),
                reply.isBusy()
                        ? "who else is connected to its API socket? It serves ten connections at a time"
                        : "see the end of vmm.log");
    }

    private HypervisorException unanswered(String call, IOException e) {
        return e instanceof SocketTimeoutException
                ? new HypervisorException(
                        "Cloud Hypervisor did not answer '" + call + "' within " + limit.toMillis() + " ms",
                        "see the end of vmm.log: is it at work, or does it hang?",
                        e)
                : new HypervisorException(
                        "Cloud Hypervisor did not answer '" + call + "' at " + socket + ": " + e.getMessage(),
                        "see the end of vmm.log: is it still running?",
                        e);
    }
}

package dev.unikernel.hypervisor.qemu;

import com.google.gson.JsonElement;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.Patience;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Commands to one QEMU, each answered in bounded time. Safe for use by several threads. */
final class Qmp {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Consumer<String> speak;
    private final BooleanSupplier listen;
    private final Duration limit;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();

    /**
     * @param speak takes a line to QEMU
     * @param listen hands what QEMU said since to {@link #hear}, and tells whether it may say more
     */
    Qmp(Consumer<String> speak, BooleanSupplier listen) {
        this(speak, listen, LIMIT);
    }

    Qmp(Consumer<String> speak, BooleanSupplier listen, Duration limit) {
        this.speak = speak;
        this.listen = listen;
        this.limit = limit;
    }

    void hear(Answer answer) {
        answers.put(answer.id(), answer);
    }

    /**
     * Runs a command without arguments.
     *
     * @throws HypervisorException if QEMU refuses it, has ended, or does not answer
     */
    JsonElement execute(String command) {
        return execute(command, "{}");
    }

    /**
     * Runs a command.
     *
     * @param arguments as a JSON object
     * @throws HypervisorException as above
     */
    JsonElement execute(String command, String arguments) {
        String id = "unikernel-" + lastId.incrementAndGet();
        String given = arguments.equals("{}") ? "" : "\"arguments\":" + arguments + ",";
        speak.accept("{\"execute\":\"" + command + "\"," + given + "\"id\":\"" + id + "\"}\n");
        boolean settled = Patience.await(() -> !listen.getAsBoolean() || answers.containsKey(id), limit);
        Answer answer = answers.remove(id);
        if (answer == null) {
            throw settled
                    ? new HypervisorException("QEMU ended before it answered '" + command + "'", "see vmm.log")
                    : new HypervisorException(
                            "QEMU did not answer '" + command + "' within " + limit.toMillis() + " ms",
                            "does it hang? See vmm.log");
        }
        if (!answer.error().isEmpty()) {
            throw new HypervisorException("QEMU did not do '" + command + "': " + answer.error(), "see vmm.log");
        }
        return answer.result();
    }
}

package dev.unikernel.network.tap;

import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Tool;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The program {@code ip} of iproute2. */
record IpCommand(Tool tool) {

    /** @throws NetworkException if it is not installed */
    static IpCommand find() {
        return Tool.find("ip")
                .map(IpCommand::new)
                .orElseThrow(() -> new NetworkException("the program 'ip', which makes taps, is in none of "
                        + Tool.path() + ". Install iproute2 (Debian, Ubuntu: sudo apt-get install iproute2), or use"
                        + " unikernel.network=user"));
    }

    /**
     * Starts to run {@code commands}, one a line, in one process; the first that fails is the last.
     *
     * @throws NetworkException if the program cannot be started
     */
    Process startBatch(String commands) {
        Process process = tool.start(List.of("-batch", "-"));
        try (OutputStream in = process.getOutputStream()) {
            in.write(commands.getBytes(StandardCharsets.UTF_8));
        } catch (IOException endedEarly) {
            // Its exit code and its words tell more than a broken pipe.
        }
        return process;
    }

    /** Starts to delete the interface {@code name}. */
    Process startDeleting(String name) {
        return tool.start(List.of("link", "delete", "dev", name));
    }

    Tool.Result await(Process process) {
        return tool.await(process);
    }

    /** As errors name it. */
    @Override
    public String toString() {
        return tool.program().toString();
    }
}

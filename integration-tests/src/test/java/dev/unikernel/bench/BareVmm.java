package dev.unikernel.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The same VMM command line started by a shell, tap creation included, with a DHCP server that runs already and a poller
 * in C: see {@link BareVmmHost}, which lives in a JVM and a namespace of its own.
 */
final class BareVmm implements Contestant, AutoCloseable {

    private static final long END_SECONDS = 10;

    private final Process host;
    private final BufferedReader answers;

    private BareVmm(Process host) {
        this.host = host;
        this.answers = host.inputReader(StandardCharsets.UTF_8);
    }

    static BareVmm start(Tools tools, Witness witness, Path image) {
        List<String> arguments = new ArrayList<>(List.of(
                tools.scripts().toString(),
                tools.built().toString(),
                image.toString(),
                witness.guest(),
                witness.server()));
        arguments.addAll(witness.command().words());
        List<String> command = new ArrayList<>(List.of(tools.script("in-namespace")));
        command.addAll(FreshJvm.command(BareVmmHost.class, arguments));
        try {
            return new BareVmm(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new BenchException("the host of the bare VMM cannot be started: " + e, e);
        }
    }

    @Override
    public Duration run() {
        try {
            OutputStream requests = host.getOutputStream();
            requests.write('\n');
            requests.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new BenchException("the host of the bare VMM has ended, see above");
            }
            return Duration.ofNanos(Long.parseLong(answer));
        } catch (IOException e) {
            throw new BenchException("the host of the bare VMM cannot be talked to: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            host.getOutputStream().close();
            if (!host.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                host.destroyForcibly();
            }
        } catch (IOException e) {
            host.destroyForcibly();
        } catch (InterruptedException e) {
            host.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

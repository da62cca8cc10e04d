package dev.unikernel.network.tap;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.network.LinkFaults;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.TapGuard;
import dev.unikernel.network.Tool;
import dev.unikernel.network.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A tap's link. The kernel has its frames fail; the VMM and the tap itself are left alone. For a disconnection the tap must not be
 * set down: Cloud Hypervisor (32.1, 53.0) ends when its next frame is refused with EIO.
 */
final class TapWire implements Wire, AutoCloseable {

    private static final Pattern FAILED_LINE = Pattern.compile("Command failed -:(\\d+)");

    /** What {@code tc} and {@code ip} say, in their several versions, where the kernel does not know what it is asked for. */
    private static final Pattern UNKNOWN = Pattern.compile(
            "(?i)unknown|not found|Failed to load|No such file or directory|not supported|Not supported");

    private final FaultLines lines;
    private final IpCommand ip;
    private final TapGuard guard;
    private final String name;
    private final List<TapGuard.Entry> guarded = new ArrayList<>();
    private LinkFaults current = LinkFaults.NONE;
    private boolean closed;

    TapWire(Link link, IpCommand ip, TapGuard guard) {
        this.lines = new FaultLines(link);
        this.ip = ip;
        this.guard = guard;
        this.name = link.tap();
    }

    @Override
    public synchronized void set(LinkFaults faults) {
        if (closed) {
            throw new NetworkException("tap " + name + " has been taken away. Set faults while the VM is there");
        }
        if (faults.equals(current)) {
            return;
        }
        Tool tc = findTc();
        if (faults.isNone()) {
            remove(tc);
        } else if (current.isNone()) {
            begin(tc, faults);
        } else {
            change(tc, faults);
        }
        current = faults;
    }

    private static Tool findTc() {
        return Tool.find("tc")
                .orElseThrow(() -> new NetworkException("the program 'tc', which has links fail, is in none of "
                        + Tool.path() + ". Install it (Debian, Ubuntu: sudo apt-get install iproute2; Fedora: sudo dnf"
                        + " install iproute-tc; Alpine: sudo apk add iproute2-tc)"));
    }

    private void begin(Tool tc, LinkFaults faults) {
        guarded.add(guard.guard(lines.hole()));
        guarded.add(guard.guard(lines.queue()));
        try {
            run(ip.tool(), lines.devices());
            run(tc, lines.hooks());
            run(tc, lines.faults(faults));
        } catch (NetworkException refused) {
            giveUp(tc);
            throw refused;
        }
    }

    /** Of what was begun, nobody knows how much is there to be removed. */
    private void giveUp(Tool tc) {
        call(tc, lines.unhook(), "-force");
        call(ip.tool(), lines.removal(), "-force");
        unguard();
    }

    private void unguard() {
        guarded.forEach(TapGuard.Entry::close);
        guarded.clear();
    }

    private void change(Tool tc, LinkFaults faults) {
        try {
            run(tc, lines.faults(faults));
        } catch (NetworkException refused) {
            run(tc, lines.faults(current));
            throw refused;
        }
    }

    private void remove(Tool tc) {
        // All lines, also after one that fails: half of a removal is better than none.
        Tool.Result unhooked = call(tc, lines.unhook(), "-force");
        Tool.Result removed = call(ip.tool(), lines.removal(), "-force");
        if (unhooked.exitCode() != 0 || removed.exitCode() != 0) {
            throw new NetworkException("the faults of tap " + name + " were not taken back: " + tc.program() + " said '"
                    + unhooked.output() + "', " + ip + " said '" + removed.output()
                    + "'. See 'tc filter show dev " + name + " ingress', and start another VM");
        }
        unguard();
    }

    private void run(Tool tool, List<FaultLines.Line> batch) {
        Tool.Result result = call(tool, batch);
        if (result.exitCode() != 0) {
            throw explain(tool, batch, result.output());
        }
    }

    private static Tool.Result call(Tool tool, List<FaultLines.Line> batch, String... options) {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("-batch", "-"));
        Process process = tool.start(arguments);
        try (OutputStream in = process.getOutputStream()) {
            in.write(batch.stream()
                    .map(line -> line.words() + "\n")
                    .collect(Collectors.joining())
                    .getBytes(StandardCharsets.UTF_8));
        } catch (IOException endedEarly) {
            // Its exit code and its words tell more than a broken pipe.
        }
        return tool.await(process);
    }

    private NetworkException explain(Tool tool, List<FaultLines.Line> batch, String output) {
        Matcher failed = FAILED_LINE.matcher(output);
        String needs =
                failed.find() ? batch.get(Integer.parseInt(failed.group(1)) - 1).needs() : "";
        String said = tool.program() + " said '" + output.lines().findFirst().orElse("") + "'";
        if (needs.isEmpty() || !UNKNOWN.matcher(output).find()) {
            return new NetworkException("tap " + name + " cannot be made to fail: " + said
                    + ". See whether that program is the one of iproute2");
        }
        return new NetworkException("this machine's kernel lacks " + needs.replace(" ", " or ") + ", which that needs ("
                + said + "). Load it (sudo modprobe -a " + needs
                + "; Ubuntu has it in linux-modules-extra-$(uname -r)), or use a kernel that has it");
    }

    /** Takes what is left of faults away. */
    @Override
    public synchronized void close() {
        closed = true;
        if (current.isNone()) {
            return;
        }
        try {
            remove(findTc());
            current = LinkFaults.NONE;
        } catch (NetworkException failed) {
            // Still guarded, so it goes with this JVM.
            System.getLogger(TapWire.class.getName()).log(WARNING, failed.getMessage());
        }
    }
}

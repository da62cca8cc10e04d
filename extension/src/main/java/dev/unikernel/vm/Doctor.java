package dev.unikernel.vm;

import dev.unikernel.config.ConfigException;
import dev.unikernel.config.Key;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.host.HostException;
import dev.unikernel.host.Probe;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.hypervisor.Hypervisors;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.Networks;
import dev.unikernel.vm.Decision.Pair;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Asks all that is asked before a VM is started, and does not stop at the first thing that is missing. It asks the same
 * probes and takes the same decision as a start; nothing is started or changed.
 */
final class Doctor {

    private final Settings settings;
    private final Host host;
    private final Anonymous anonymous;

    Doctor(Settings settings, Host host, Anonymous anonymous) {
        this.settings = settings;
        this.host = host;
        this.anonymous = anonymous;
    }

    Diagnosis examine() {
        Optional<Decision> decision = Optional.empty();
        String verdict;
        try {
            decision = Optional.of(Choice.decide(settings, host));
            verdict = "VMs run on " + decision.get().inWords() + ".";
        } catch (VmStartException.PrerequisiteMissing | ConfigException | HypervisorException | HostException e) {
            // Below the first line are the pairs.
            verdict = message(e).lines().findFirst().orElse("");
        }
        return new Diagnosis(
                software(),
                machine(),
                findings(),
                Stream.of(HypervisorKind.values()).map(this::hypervisor).toList(),
                settings(),
                candidates(),
                decision.map(Decision::pair),
                anonymous.of(verdict));
    }

    private Diagnosis.Software software() {
        String version = Doctor.class.getPackage().getImplementationVersion();
        return new Diagnosis.Software(
                version == null ? "not from a jar" : version,
                System.getProperty("java.runtime.version", "?"),
                System.getProperty("java.vendor", "?"),
                host.distribution().orElse(System.getProperty("os.name", "?")),
                System.getProperty("os.version", "?"),
                System.getProperty("os.arch", "?"));
    }

    private Diagnosis.Machine machine() {
        return new Diagnosis.Machine(
                Runtime.getRuntime().availableProcessors(),
                host.totalMemory(),
                host.availableMemory(),
                host.virtualization(),
                host.container());
    }

    private List<Diagnosis.Finding> findings() {
        return List.of(
                finding("platform", host::platform),
                finding("/dev/kvm", host::kvm),
                finding("/dev/net/tun", host::tun),
                finding("CAP_NET_ADMIN", host::netAdmin),
                finding("own network namespace", host::ownNamespace),
                finding("new namespaces", host::namespaces),
                finding("outbound from them", Networks::probeOutbound));
    }

    private Diagnosis.Finding finding(String name, Supplier<Probe> probe) {
        return new Diagnosis.Finding(name, ask(probe));
    }

    private Diagnosis.Program hypervisor(HypervisorKind kind) {
        Optional<Path> binary;
        try {
            binary = Hypervisors.binary(kind, settings, host);
        } catch (HostException | ConfigException e) {
            binary = Optional.empty(); // the probe says why
        }
        return new Diagnosis.Program(
                kind.title(),
                binary.map(Path::toString).map(anonymous::of),
                ask(() -> Hypervisors.installed(kind, settings, host)));
    }

    private List<Diagnosis.Setting> settings() {
        return Keys.all().stream().filter(settings::isSet).map(this::setting).toList();
    }

    private Diagnosis.Setting setting(Key<?> key) {
        Optional<String> error = Optional.empty();
        try {
            settings.get(key);
        } catch (ConfigException e) {
            error = Optional.of(anonymous.of(message(e)));
        }
        return new Diagnosis.Setting(
                key.name(), anonymous.of(settings.text(key).orElseThrow()), anonymous.of(settings.origin(key)), error);
    }

    /** Taps of the user's own are looked at only if he has named some. */
    private List<Diagnosis.Candidate> candidates() {
        Predicate<Pair> wanted = wanted();
        return Choice.PAIRS.stream()
                .filter(pair -> pair.mode() != NetworkMode.PREMADE || wanted.test(pair))
                .map(pair ->
                        new Diagnosis.Candidate(pair, wanted.test(pair), ask(() -> Choice.probe(pair, settings, host))))
                .toList();
    }

    private Predicate<Pair> wanted() {
        try {
            Wanted wanted = Wanted.by(settings);
            return pair -> wanted.allows(pair.kind(), pair.mode());
        } catch (VmStartException.PrerequisiteMissing | ConfigException e) {
            return pair -> false; // the verdict says why
        }
    }

    private Probe ask(Supplier<Probe> probe) {
        try {
            Probe answer = probe.get();
            return answer instanceof Probe.Missing missing
                    ? new Probe.Missing(anonymous.of(missing.reason()), anonymous.of(missing.fix()))
                    : new Probe.Available(anonymous.of(answer.toString()));
        } catch (HypervisorException e) {
            return new Probe.Missing(anonymous.of(e.found()), anonymous.of("Next: " + e.nextStep() + "."));
        } catch (HostException | ConfigException | NetworkException e) {
            return new Probe.Missing(anonymous.of(message(e)), "");
        }
    }

    private static String message(RuntimeException e) {
        return String.valueOf(e.getMessage());
    }
}

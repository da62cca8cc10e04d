package dev.unikernel.junit;

import dev.unikernel.config.ConfigException;
import dev.unikernel.config.Durations;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Placeholders;
import dev.unikernel.config.Settings;
import dev.unikernel.config.TestPaths;
import dev.unikernel.vm.ReadyWhen;
import dev.unikernel.vm.VmSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Reads an annotation into a {@link Declaration}: placeholders, paths, units, and an error that names the attribute. */
final class AnnotatedSpec {

    private final UnikernelVm annotation;
    private final Class<?> testClass;
    private final Settings settings;
    private final Placeholders placeholders;
    private final TestPaths paths;

    AnnotatedSpec(UnikernelVm annotation, Class<?> testClass, Settings settings) {
        this.annotation = annotation;
        this.testClass = testClass;
        this.settings = settings;
        this.placeholders = new Placeholders(settings);
        this.paths = new TestPaths(settings, testClass.getClassLoader());
    }

    /** @throws ExtensionConfigurationException names the attribute, what was found and what was expected */
    Declaration read() {
        // A VM that several classes share is nobody's.
        VmSpec.Builder spec =
                VmSpec.builder().owner(annotation.scope() == Scope.SESSION ? "" : testClass.getSimpleName());
        if (annotation.kernel().isEmpty() && annotation.image().isEmpty()) {
            throw misuse(
                    "kernel",
                    "is not set; expected is the path of an ELF with a PVH note or of a Linux bzImage, or an image of Nanos"
                            + " with its kernel in it",
                    null);
        }
        text("name", annotation.name(), spec::name);
        path("kernel", annotation.kernel(), spec::kernel);
        path("image", annotation.image(), spec::image);
        path("initramfs", annotation.initramfs(), spec::initramfs);
        spec.outbound(annotation.outbound());
        text("network", annotation.network(), spec::network);
        if (!annotation.cmdline().isEmpty()) {
            check(
                    "cmdline",
                    () -> spec.cmdline(placeholders.resolve(
                            annotation.cmdline(), where("cmdline"), AnnotatedSpec::isKnownAtTheStart)));
        }
        // What the project wants, unless the annotation says something.
        spec.memory(settings.get(Keys.MEMORY))
                .cpus(settings.get(Keys.CPUS))
                .startupTimeout(settings.get(Keys.STARTUP_TIMEOUT));
        text("memory", annotation.memory(), value -> spec.memory(value));
        text("startupTimeout", annotation.startupTimeout(), value -> spec.startupTimeout(Durations.parse(value)));
        number("cpus", annotation.cpus(), spec::cpus);
        number("port", annotation.port(), spec::port);
        check("ports", () -> spec.ports(annotation.ports()));
        check("readiness", () -> spec.readyWhen(readyWhen(annotation.readiness())));
        text("failOnSerial", annotation.failOnSerial(), spec::failOnSerial);
        text("exitCodeOnSerial", annotation.exitCodeOnSerial(), spec::exitCodeOnSerial);
        check("extraDisks", () -> spec.extraDisks(paths("extraDisks", annotation.extraDisks())));
        check("readOnlyDisks", () -> spec.readOnlyDisks(paths("readOnlyDisks", annotation.readOnlyDisks())));
        check(
                "hypervisorArgs",
                () -> spec.hypervisorArgs(Arrays.stream(annotation.hypervisorArgs())
                        .map(argument -> placeholders.resolve(argument, where("hypervisorArgs")))
                        .toList()));
        return new Declaration(
                build(spec), annotation.scope(), Keeping.from(annotation.keepOnFailure(), settings), testClass);
    }

    /** What goes together is known only now; of what can be wrong then, all is about the command line. */
    private VmSpec build(VmSpec.Builder spec) {
        try {
            return spec.build();
        } catch (IllegalArgumentException e) {
            throw misuse("cmdline", "cannot be used. " + e.getMessage(), e);
        }
    }

    /** The address of a VM, as in <code>${vm.db.address}</code>. */
    private static boolean isKnownAtTheStart(String placeholder) {
        return placeholder.startsWith("vm.") && placeholder.endsWith(".address");
    }

    /** The VM's name alone. */
    String name() {
        return annotation.name().isEmpty()
                ? VmSpec.DEFAULT_NAME
                : placeholders.resolve(annotation.name(), where("name"));
    }

    private ReadyWhen readyWhen(Readiness readiness) {
        if (readiness.kind() != Readiness.Kind.HTTP && (!readiness.path().isEmpty() || readiness.status() != -1)) {
            throw new IllegalArgumentException("path and status belong to kind HTTP, but kind is " + readiness.kind());
        }
        if (readiness.kind() != Readiness.Kind.SERIAL && !readiness.pattern().isEmpty()) {
            throw new IllegalArgumentException("pattern belongs to kind SERIAL, but kind is " + readiness.kind());
        }
        return switch (readiness.kind()) {
            case TCP -> ReadyWhen.tcp();
            case LEASE -> ReadyWhen.leased();
            case SERIAL -> {
                if (readiness.pattern().isEmpty()) {
                    throw new IllegalArgumentException("kind SERIAL needs a pattern");
                }
                yield ReadyWhen.serial(placeholders.resolve(readiness.pattern(), where("readiness.pattern")));
            }
            case HTTP -> {
                String path = readiness.path().isEmpty()
                        ? "/"
                        : placeholders.resolve(readiness.path(), where("readiness.path"));
                yield readiness.status() == -1 ? ReadyWhen.http(path) : ReadyWhen.http(path, readiness.status());
            }
        };
    }

    private void text(String attribute, String value, Consumer<String> setter) {
        if (!value.isEmpty()) {
            check(attribute, () -> setter.accept(placeholders.resolve(value, where(attribute))));
        }
    }

    private void path(String attribute, String value, Consumer<Path> setter) {
        if (!value.isEmpty()) {
            check(attribute, () -> setter.accept(resolvePath(attribute, value)));
        }
    }

    private List<Path> paths(String attribute, String[] values) {
        return Arrays.stream(values).map(value -> resolvePath(attribute, value)).toList();
    }

    private void number(String attribute, int value, Consumer<Integer> setter) {
        if (value != -1) {
            check(attribute, () -> setter.accept(value));
        }
    }

    private Path resolvePath(String attribute, String value) {
        return paths.resolve(placeholders.resolve(value, where(attribute)), where(attribute));
    }

    private void check(String attribute, Runnable reading) {
        try {
            reading.run();
        } catch (PatternSyntaxException e) {
            throw misuse(attribute, "is no regular expression: " + e.getMessage(), e);
        } catch (ConfigException | IllegalArgumentException e) {
            throw misuse(attribute, "cannot be used. " + e.getMessage(), e);
        }
    }

    private ExtensionConfigurationException misuse(String attribute, String problem, @Nullable Exception cause) {
        return new ExtensionConfigurationException(where(attribute) + " " + problem, cause);
    }

    private String where(String attribute) {
        return "@UnikernelVm(" + attribute + ") of " + testClass.getName();
    }
}

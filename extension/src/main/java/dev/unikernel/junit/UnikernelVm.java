package dev.unikernel.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Boots a unikernel, or any other guest, for the tests of a class.
 *
 * <pre>{@code
 * @UnikernelVm(kernel = "${ops.kernel}", image = "target/web.img")
 * class WebServerIT {
 *     @Test
 *     void greets(@VmAddress URI uri) { ... }      // http://198.18.0.2:8080/
 * }
 * }</pre>
 *
 * <h2>Scope</h2>
 *
 * The VM is started before the class (or earlier, if a constructor or a field of a {@code PER_CLASS} instance needs it),
 * waits until DHCP has given the guest an address and the guest is ready, serves all the tests of the class and of its
 * {@code @Nested} classes, and is still there in {@code @AfterAll}. {@link #scope} makes that shorter or longer. Several VMs
 * boot at the same time. Where every test of a class carries {@code @Disabled}, nothing is booted.
 *
 * <p>The annotation is inherited, may be repeated with different names, and may stand on an annotation of yours. Where
 * class, superclasses, interfaces and enclosing classes declare VMs, the nearest of the same {@link #name} replaces the
 * others as a whole; VMs of other names are added. A class is nearer than its superclass, that is nearer than the
 * interfaces, and all are nearer than enclosing classes. Two that are equally near are an error.
 *
 * <h2>Failure</h2>
 *
 * A VM that does not become ready fails the class with a {@link dev.unikernel.vm.VmStartException} that says what was
 * awaited, how long, what was seen last and what to do next. A value of the annotation that cannot be is an {@link
 * org.junit.jupiter.api.extension.ExtensionConfigurationException} that names the attribute. Where this machine lacks what a
 * VM needs, the class fails, or is skipped if {@code unikernel.whenUnavailable} is {@code skip}. A boot that failed is not
 * tried again in the same execution of a test plan.
 *
 * <p>When a test fails, the logs of the VMs that it saw are published as JUnit's files, and named on the standard output.
 *
 * <h2>Cleanup</h2>
 *
 * Process, network and private copies are taken away after the class, and also if the JVM is killed. {@code serial.log} and
 * {@code vmm.log} stay in a folder named after the class below {@code unikernel.workDir} (in a Maven module {@code
 * target/unikernel}).
 *
 * <h2>Strings</h2>
 *
 * All strings take <code>${placeholders}</code>: JUnit configuration parameters, system properties, environment variables.
 * Paths are relative to the Maven module, or begin with {@code /}, {@code ~/} or {@code classpath:}. An attribute that is not
 * set has the default that it names.
 */
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Repeatable(UnikernelVms.class)
@ExtendWith(UnikernelVmExtension.class)
public @interface UnikernelVm {

    /**
     * The kernel: an ELF with a PVH note, or a Linux bzImage. Default: the one in {@link #image}, if that is an image of Nanos
     * as OPS makes them. A kernel of Nanos other than the image's is warned of, and an error if the image has klibs.
     */
    String kernel() default "";

    /**
     * A raw disk image, of whole sectors of 512 bytes; the VM gets a private copy, which takes space as the guest writes to it
     * where the file system can share blocks or has holes. Default: none.
     */
    String image() default "";

    /** An initial RAM file system for the kernel. Default: none. */
    String initramfs() default "";

    /**
     * The kernel command line. For a VM on a {@link #network}, <code>${vm.NAME.address}</code> stands for the address that
     * another of its VMs has there, which is decided before any of them boots. Default: none.
     */
    String cmdline() default "";

    /** The guest's memory with its unit, {@code K}, {@code M} or {@code G}. Default: the setting {@code unikernel.memory}, {@code "256M"}. */
    String memory() default "";

    /** The VM's name, for {@link VmNamed} and for messages. Default: {@code "vm"}. */
    String name() default "";

    /**
     * A network that the VM shares with the class's other VMs that name it: one Ethernet segment, on which they reach each
     * other at the addresses that they lease ({@link dev.unikernel.vm.Vm#lease}), and ask each other's in {@link #cmdline}.
     * What the tests are injected is as without it. Classes do not share networks, be they named alike, but {@code @Nested}
     * ones do with the class around them; VMs of the scope {@code SESSION} do among themselves only. A VM of the scope {@code
     * METHOD} has the same address in each test while another VM is there. For the network modes {@code namespace} and {@code
     * tap}. Default: none, and the VM reaches no other VM.
     */
    String network() default "";

    /**
     * Whether the guest reaches what this machine reaches, by TCP and UDP: package registries, databases, and at {@code 10.0.2.2}
     * what listens at this machine's own 127.0.0.1, such as a server of the test's; {@code 10.0.2.3} answers DNS queries. For
     * the network modes {@code namespace}, with slirp4netns installed, and {@code user}; it is an error in others. VMs do not
     * reach each other by it in {@code namespace}. Default: no, and the guest reaches nothing beyond this machine.
     */
    boolean outbound() default false;

    /**
     * How long the VM may take to become ready, with its unit ({@code "500ms"}, {@code "60s"}, {@code "2m"}); {@code
     * unikernel.timeoutFactor} multiplies it. Default: the setting {@code unikernel.startupTimeout}, {@code "60s"}.
     */
    String startupTimeout() default "";

    /** Virtual CPUs, 1 to 254. Default: the setting {@code unikernel.cpus}, 1. */
    int cpus() default -1;

    /** The guest's port that readiness and injected addresses mean, 1 to 65535. Default: 8080. */
    int port() default -1;

    /** Further ports of the guest that the tests want to reach. Default: none. */
    int[] ports() default {};

    /** What the guest must show before the tests begin. Default: any HTTP status on {@code /}. */
    Readiness readiness() default @Readiness;

    /** How long the VM lives. Default: for the class. */
    Scope scope() default Scope.CLASS;

    /** A serial line in which this regular expression is found ends the wait for readiness at once. Default: none. */
    String failOnSerial() default "";

    /**
     * How the guest tells its exit code before it powers off: a regular expression that is looked for in each serial line,
     * with exactly one group, which is the decimal number ({@code "exit (\\d+)"}). The last place counts; {@link
     * dev.unikernel.vm.VmExit#exitCode} has it. Nanos needs none. Default: none.
     */
    String exitCodeOnSerial() default "";

    /** Further raw disk images, behind {@link #image}, each given as a private copy. Default: none. */
    String[] extraDisks() default {};

    /**
     * Further raw disk images, behind {@link #extraDisks}, each given as it is: several VMs can share it, no guest can write to
     * it, and nothing is copied. Default: none.
     */
    String[] readOnlyDisks() default {};

    /**
     * Whether the VM is held after a failed test, for somebody to look into it: at the end of its scope the JVM says how to
     * reach and how to end it, and waits until that is done, or for {@code unikernel.keepFor}. Default: the setting {@code
     * unikernel.keepOnFailure}, which is {@code false}.
     */
    Toggle keepOnFailure() default Toggle.DEFAULT;

    /**
     * Arguments appended to the VMM's command line as they are. An option that is set by us is an error. Default: none.
     */
    String[] hypervisorArgs() default {};
}

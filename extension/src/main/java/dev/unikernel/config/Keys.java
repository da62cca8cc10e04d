package dev.unikernel.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** All that can be set for a machine. What belongs to a test stands in its annotation instead. */
public final class Keys {

    public static final Key<HypervisorChoice> HYPERVISOR =
            choice("hypervisor", HypervisorChoice.class, HypervisorChoice.AUTO, "Which hypervisor runs the guests.");

    public static final Key<NetworkChoice> NETWORK =
            choice("network", NetworkChoice.class, NetworkChoice.AUTO, "How the guests are connected.");

    public static final Key<List<String>> TAP = new Key<>(
            "tap",
            List.of(),
            "a list of different network interfaces with commas between them, each name 1 to 15 characters long,"
                    + " such as tap0,tap1",
            (text, locations) -> interfaces(text),
            "none",
            locations -> List.of(),
            "Tap devices that you have made and that the guests are to use; implies the network premade.");

    public static final Key<String> MAC = new Key<>(
            "mac",
            List.of(),
            "a hardware address of six groups of two hexadecimal digits, the second digit even, such as"
                    + " AA:C6:00:00:00:01",
            (text, locations) -> hardwareAddress(text),
            "AA:C6:00:00:00:01",
            locations -> "AA:C6:00:00:00:01",
            "The hardware address of a guest behind the first tap of unikernel.tap; that of each further tap is one higher.");

    public static final Key<DhcpChoice> DHCP = choice(
            "dhcp", DhcpChoice.class, DhcpChoice.EMBEDDED, "Which DHCP server gives the guests their addresses.");

    public static final Key<Optional<Path>> DHCP_BINARY = new Key<>(
            "dhcp.binary",
            List.of(),
            "a path, or the name of a program on PATH",
            (text, locations) -> Optional.of(text.contains("/") ? locations.resolve(text) : Path.of(text)),
            "dhcpd, dnsmasq or kea-dhcp4 on PATH",
            locations -> Optional.empty(),
            "Where the program of the DHCP server is that unikernel.dhcp names.");

    public static final Key<CaptureChoice> CAPTURE = choice(
            "capture",
            CaptureChoice.class,
            CaptureChoice.OFF,
            "What of the guest's network is kept for Wireshark or tcpdump: dhcp writes dhcp.pcap beside the serial log, but not"
                    + " behind taps of your own or beside another DHCP server than the embedded one.");

    public static final Key<Optional<Path>> CLOUD_HYPERVISOR_BINARY = binary(
            "cloudHypervisor.binary", "CLOUD_HYPERVISOR", "cloud-hypervisor", "Where Cloud Hypervisor's binary is.");

    public static final Key<Optional<Path>> QEMU_BINARY =
            binary("qemu.binary", "QEMU", "qemu-system-x86_64", "Where QEMU's binary for x86-64 is.");

    public static final Key<EntryStubChoice> ENTRY_STUB = choice(
            "entryStub",
            EntryStubChoice.class,
            EntryStubChoice.AUTO,
            "Whether a kernel that uses a stack before it has set one gets one from us, where it would die.");

    public static final Key<Double> TIMEOUT_FACTOR = new Key<>(
            "timeoutFactor",
            List.of(),
            "a decimal number above 0 and up to 1000, such as 2 or 0.5",
            (text, locations) -> factor(text),
            "1",
            locations -> 1.0,
            "What each timeout is multiplied by, for slow machines.");

    public static final Key<WhenUnavailable> WHEN_UNAVAILABLE = choice(
            "whenUnavailable",
            WhenUnavailable.class,
            WhenUnavailable.FAIL,
            "What becomes of a test whose prerequisites this machine does not have.");

    public static final Key<Boolean> REQUIRED =
            truth("required", "Turns skips for missing prerequisites into failures again; for CI.");

    public static final Key<Path> WORK_DIR = new Key<>(
            "workDir",
            List.of(),
            "a folder, or a path at which one can be made",
            Keys::folder,
            "target/unikernel in a Maven module, build/unikernel in a Gradle project, else unikernel-junit in the"
                    + " user's cache folder",
            Locations::workDir,
            "The folder for what is kept of each run, such as serial logs.");

    public static final Key<MemorySize> MEMORY = new Key<>(
            "memory",
            List.of(),
            "a size with its unit, such as 256M or 1G",
            (text, locations) -> MemorySize.parse(text),
            "256M",
            locations -> MemorySize.parse("256M"),
            "The memory of guests whose annotation does not say any.");

    public static final Key<Integer> CPUS = new Key<>(
            "cpus",
            List.of(),
            "a whole number from 1 to 254",
            (text, locations) -> count(text, 254),
            "1",
            locations -> 1,
            "The virtual CPUs of guests whose annotation does not say any.");

    public static final Key<Duration> STARTUP_TIMEOUT = new Key<>(
            "startupTimeout",
            List.of(),
            "a time with its unit, such as 500ms, 60s or 2m",
            (text, locations) -> Durations.parse(text),
            "60s",
            locations -> Duration.ofSeconds(60),
            "How long a VM may take to become ready if its annotation does not say; unikernel.timeoutFactor multiplies it.");

    public static final Key<Boolean> KEEP_ON_FAILURE =
            truth("keepOnFailure", "Whether VMs are held after a failed test where their annotation leaves it open.");

    public static final Key<Duration> KEEP_FOR = new Key<>(
            "keepFor",
            List.of(),
            "a time with its unit, such as 90s or 30m",
            (text, locations) -> Durations.parse(text),
            "30m",
            locations -> Duration.ofMinutes(30),
            "How long a VM is held after a failed test if nobody ends it.");

    public static final Key<Optional<Integer>> MAX_CONCURRENT_BOOTS = new Key<>(
            "maxConcurrentBoots",
            List.of(),
            "a whole number from 1 to 1000",
            (text, locations) -> Optional.of(count(text, 1000)),
            "one for each processor, and not more than the free memory holds",
            locations -> Optional.empty(),
            "How many VMs may be booting at a time in one JVM; others wait, and their time does not run.");

    private static final List<Key<?>> ALL = List.of(
            HYPERVISOR,
            CLOUD_HYPERVISOR_BINARY,
            QEMU_BINARY,
            NETWORK,
            TAP,
            MAC,
            DHCP,
            DHCP_BINARY,
            CAPTURE,
            ENTRY_STUB,
            MEMORY,
            CPUS,
            STARTUP_TIMEOUT,
            TIMEOUT_FACTOR,
            WHEN_UNAVAILABLE,
            REQUIRED,
            KEEP_ON_FAILURE,
            KEEP_FOR,
            MAX_CONCURRENT_BOOTS,
            WORK_DIR);

    private Keys() {}

    /** Every key, in the order in which a table should show them. */
    public static List<Key<?>> all() {
        return ALL;
    }

    private static Key<Boolean> truth(String name, String description) {
        return new Key<>(
                name,
                List.of(),
                "true or false",
                (text, locations) -> truth(text),
                "false",
                locations -> false,
                description);
    }

    private static <E extends Enum<E> & Choice> Key<E> choice(
            String name, Class<E> type, E standard, String description) {
        return new Key<>(
                name,
                List.of(),
                Choice.form(type),
                (text, locations) -> Choice.parse(type, text),
                standard.key(),
                locations -> standard,
                description);
    }

    private static Key<Optional<Path>> binary(
            String name, String environmentAlias, String program, String description) {
        return new Key<>(
                name,
                List.of(environmentAlias),
                "a path, or the name of a program on PATH",
                (text, locations) -> Optional.of(text.contains("/") ? locations.resolve(text) : Path.of(text)),
                program + " on PATH",
                locations -> Optional.empty(),
                description);
    }

    private static List<String> interfaces(String text) {
        List<String> names =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        // What Linux allows, without what the option grammars of the hypervisors would take apart.
        boolean valid = names.stream().allMatch(name -> name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}"));
        if (!valid || new HashSet<>(names).size() != names.size()) {
            throw new IllegalArgumentException("not a list of interfaces: " + text);
        }
        return names;
    }

    private static String hardwareAddress(String text) {
        // An odd second digit is that of a group of cards (IEEE 802).
        if (!text.matches("[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5}") || text.matches("[0:]+")) {
            throw new IllegalArgumentException("not the hardware address of a card: " + text);
        }
        return text;
    }

    private static double factor(String text) {
        if (!text.matches("\\d{1,9}(\\.\\d{1,9})?")) {
            throw new IllegalArgumentException("not a decimal number: " + text);
        }
        double factor = Double.parseDouble(text);
        if (factor <= 0 || factor > 1000) {
            throw new IllegalArgumentException("out of range: " + text);
        }
        return factor;
    }

    private static int count(String text, int most) {
        if (!text.matches("[1-9]\\d{0,3}") || Integer.parseInt(text) > most) {
            throw new IllegalArgumentException("not a number from 1 to " + most + ": " + text);
        }
        return Integer.parseInt(text);
    }

    private static boolean truth(String text) {
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new IllegalArgumentException("neither true nor false: " + text);
        }
        return text.equalsIgnoreCase("true");
    }

    private static Path folder(String text, Locations locations) {
        Path path = locations.resolve(text);
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new IllegalArgumentException("not a folder: " + path);
        }
        return path;
    }
}

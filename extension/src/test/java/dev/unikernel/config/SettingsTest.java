package dev.unikernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private final SettingsFixture given = new SettingsFixture();

    @Test
    void nothingSetGivesTheDefaults() {
        Settings settings = given.settings();

        assertThat(settings.get(Keys.HYPERVISOR)).isEqualTo(HypervisorChoice.AUTO);
        assertThat(settings.get(Keys.NETWORK)).isEqualTo(NetworkChoice.AUTO);
        assertThat(settings.get(Keys.TAP)).isEmpty();
        assertThat(settings.get(Keys.DHCP)).isEqualTo(DhcpChoice.EMBEDDED);
        assertThat(settings.get(Keys.CLOUD_HYPERVISOR_BINARY)).isEmpty();
        assertThat(settings.get(Keys.QEMU_BINARY)).isEmpty();
        assertThat(settings.get(Keys.TIMEOUT_FACTOR)).isEqualTo(1.0);
        assertThat(settings.get(Keys.WHEN_UNAVAILABLE)).isEqualTo(WhenUnavailable.FAIL);
        assertThat(settings.get(Keys.REQUIRED)).isFalse();
        assertThat(settings.get(Keys.WORK_DIR)).isEqualTo(Path.of("/home/ann/.cache/unikernel-junit"));
        assertThat(settings.isSet(Keys.HYPERVISOR)).isFalse();
        assertThat(settings.describe(Keys.HYPERVISOR)).isEqualTo("unikernel.hypervisor=auto (default)");
    }

    @Test
    void sourcesRuleInTheirOrder() {
        given.userFile.put("unikernel.network", "user");
        assertNetwork(NetworkChoice.USER, "unikernel.network in /home/ann/.unikernel-junit.properties");

        given.environment.put("UNIKERNEL_NETWORK", "namespace");
        assertNetwork(NetworkChoice.NAMESPACE, "environment variable UNIKERNEL_NETWORK");

        given.properties.put("unikernel.network", "host-tap");
        assertNetwork(NetworkChoice.HOST_TAP, "system property unikernel.network");

        given.parameters.put("unikernel.network", "tap");
        assertNetwork(NetworkChoice.TAP, "JUnit configuration parameter unikernel.network");
    }

    private void assertNetwork(NetworkChoice network, String origin) {
        Settings settings = given.settings();
        assertThat(settings.get(Keys.NETWORK)).isEqualTo(network);
        assertThat(settings.isSet(Keys.NETWORK)).isTrue();
        assertThat(settings.origin(Keys.NETWORK)).isEqualTo(origin);
        assertThat(settings.describe(Keys.NETWORK))
                .isEqualTo("unikernel.network=" + network.key() + " (" + origin + ")");
    }

    @Test
    void everyKeyIsHonouredFromEverySource() {
        for (Key<?> key : Keys.all()) {
            for (var source : List.of(given.parameters, given.properties, given.userFile)) {
                source.put(key.name(), "x");
                assertThat(given.settings().isSet(key)).as(key.name()).isTrue();
                source.clear();
            }
            for (String variable : key.environmentNames()) {
                given.environment.put(variable, "x");
                assertThat(given.settings().origin(key)).isEqualTo("environment variable " + variable);
                given.environment.clear();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "unikernel.whenUnavailable, UNIKERNEL_WHEN_UNAVAILABLE",
        "unikernel.cloudHypervisor.binary, UNIKERNEL_CLOUD_HYPERVISOR_BINARY",
        "unikernel.tap, UNIKERNEL_TAP"
    })
    void environmentNamesAreUpperCaseWithUnderscores(String name, String variable) {
        assertThat(Key.environmentName(name)).isEqualTo(variable);
    }

    @Test
    void ownVariableOfABinaryBeatsTheCommonOne() {
        given.environment.put("CLOUD_HYPERVISOR", "/opt/ch");
        assertThat(given.settings().get(Keys.CLOUD_HYPERVISOR_BINARY)).contains(Path.of("/opt/ch"));
        assertThat(given.settings().origin(Keys.CLOUD_HYPERVISOR_BINARY))
                .isEqualTo("environment variable CLOUD_HYPERVISOR");

        given.environment.put("UNIKERNEL_CLOUD_HYPERVISOR_BINARY", "/opt/other");
        assertThat(given.settings().get(Keys.CLOUD_HYPERVISOR_BINARY)).contains(Path.of("/opt/other"));
    }

    @ParameterizedTest
    @CsvSource({
        "/opt/qemu, /opt/qemu",
        "~/bin/qemu, /home/ann/bin/qemu",
        "./qemu, /module/qemu",
        "build/qemu, /module/build/qemu",
        "qemu-system-x86_64, qemu-system-x86_64"
    })
    void binaryIsAPathOrABareNameForPath(String text, Path path) {
        given.parameters.put("unikernel.qemu.binary", text);

        assertThat(given.settings().get(Keys.QEMU_BINARY)).contains(path);
    }

    @Test
    void tapIsAListOfNames() {
        given.parameters.put("unikernel.tap", "tap0, tap1");

        assertThat(given.settings().get(Keys.TAP)).containsExactly("tap0", "tap1");
    }

    @Test
    void choicesAreReadInEitherCase() {
        given.parameters.put("unikernel.whenUnavailable", "SKIP");
        given.parameters.put("unikernel.hypervisor", "Cloud-Hypervisor");
        given.parameters.put("unikernel.required", "TRUE");

        assertThat(given.settings().get(Keys.WHEN_UNAVAILABLE)).isEqualTo(WhenUnavailable.SKIP);
        assertThat(given.settings().get(Keys.HYPERVISOR)).isEqualTo(HypervisorChoice.CLOUD_HYPERVISOR);
        assertThat(given.settings().get(Keys.REQUIRED)).isTrue();
    }

    @Test
    void blankValuesCountAsNone() {
        given.parameters.put("unikernel.dhcp", " ");
        given.environment.put("UNIKERNEL_DHCP", "");
        given.userFile.put("unikernel.dhcp", " kea ");

        assertThat(given.settings().get(Keys.DHCP)).isEqualTo(DhcpChoice.KEA);
    }

    @Test
    void propertyThatMavenDidNotReplaceCountsAsNone() {
        given.parameters.put("unikernel.dhcp", "${unikernel.dhcp}");

        assertThat(given.settings().get(Keys.DHCP)).isEqualTo(DhcpChoice.EMBEDDED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            unikernel.hypervisor    | kvm      | one of auto, cloud-hypervisor, qemu                          | auto
            unikernel.network       | bridge   | one of auto, tap, namespace, user, premade, host-tap         | auto
            unikernel.dhcp          | isc      | one of embedded, dhcpd, dnsmasq, kea                         | embedded
            unikernel.entryStub     | on       | one of auto, off                                             | auto
            unikernel.whenUnavailable | ignore | one of fail, skip                                            | fail
            unikernel.required      | yes      | true or false                                                | false
            unikernel.timeoutFactor | 0        | a decimal number above 0 and up to 1000, such as 2 or 0.5    | 1
            unikernel.timeoutFactor | 0.0      | a decimal number above 0 and up to 1000, such as 2 or 0.5    | 1
            unikernel.timeoutFactor | -1       | a decimal number above 0 and up to 1000, such as 2 or 0.5    | 1
            unikernel.timeoutFactor | 1001     | a decimal number above 0 and up to 1000, such as 2 or 0.5    | 1
            unikernel.timeoutFactor | 1,5      | a decimal number above 0 and up to 1000, such as 2 or 0.5    | 1
            unikernel.timeoutFactor | NaN      | a decimal number above 0 and up to 1000, such as 2 or 0.5    | 1
            unikernel.mac | AA:C6:00:00:00     | a hardware address of six groups of two hexadecimal digits, the second digit even, such as AA:C6:00:00:00:01 | AA:C6:00:00:00:01
            unikernel.mac | 01:C6:00:00:00:01  | a hardware address of six groups of two hexadecimal digits, the second digit even, such as AA:C6:00:00:00:01 | AA:C6:00:00:00:01
            unikernel.mac | 00:00:00:00:00:00  | a hardware address of six groups of two hexadecimal digits, the second digit even, such as AA:C6:00:00:00:01 | AA:C6:00:00:00:01
            unikernel.tap | tap0,,tap1         | a list of different network interfaces with commas between them, each name 1 to 15 characters long, such as tap0,tap1 | none
            unikernel.tap | tap0,tap0          | a list of different network interfaces with commas between them, each name 1 to 15 characters long, such as tap0,tap1 | none
            unikernel.tap | ../tap0            | a list of different network interfaces with commas between them, each name 1 to 15 characters long, such as tap0,tap1 | none
            unikernel.tap | tap4567890123456   | a list of different network interfaces with commas between them, each name 1 to 15 characters long, such as tap0,tap1 | none
            """)
    void errorNamesKeyValueSourceFormAndDefault(String key, String value, String form, String standard) {
        given.parameters.put(key, value);
        Key<?> wanted = Keys.all().stream()
                .filter(candidate -> candidate.name().equals(key))
                .findFirst()
                .orElseThrow();
        Settings settings = given.settings();

        assertThatThrownBy(() -> settings.get(wanted))
                .isInstanceOf(ConfigException.class)
                .hasMessage(key + " is '" + value + "' (JUnit configuration parameter " + key + "), but must be " + form
                        + ". Correct it there, or remove it for the default: " + standard + ".");
    }

    @Test
    void workDirThatIsAFileIsRefused(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        given.environment.put("UNIKERNEL_WORK_DIR", file.toString());
        Settings settings = given.settings();

        assertThatThrownBy(() -> settings.get(Keys.WORK_DIR))
                .isInstanceOf(ConfigException.class)
                .hasMessage("unikernel.workDir is '" + file + "' (environment variable UNIKERNEL_WORK_DIR), but must be"
                        + " a folder, or a path at which one can be made. Correct it there, or remove it for the"
                        + " default: target/unikernel in a Maven module, build/unikernel in a Gradle project, else"
                        + " unikernel-junit in the user's cache folder.");
    }

    @Test
    void workDirIsWhereTheProjectsBuildCleans(@TempDir Path module) throws Exception {
        given.locations = new Locations(module, Path.of("/home/ann"), Path.of("/cache"));
        assertThat(given.settings().get(Keys.WORK_DIR)).isEqualTo(Path.of("/cache/unikernel-junit"));

        Files.createFile(module.resolve("build.gradle.kts"));
        assertThat(given.settings().get(Keys.WORK_DIR)).isEqualTo(module.resolve("build/unikernel"));

        Files.createFile(module.resolve("pom.xml"));
        assertThat(given.settings().get(Keys.WORK_DIR)).isEqualTo(module.resolve("target/unikernel"));
    }

    @Test
    void homeAndCacheAreAbsoluteWhateverTheSystemSays() {
        Path module = Path.of("/module");

        assertThat(Locations.of(module, "/home/ann", Map.of("HOME", "/other")))
                .isEqualTo(new Locations(module, Path.of("/home/ann"), Path.of("/home/ann/.cache")));
        assertThat(Locations.of(module, "?", Map.of("HOME", "/tmp/home", "XDG_CACHE_HOME", "cache")))
                .isEqualTo(new Locations(module, Path.of("/tmp/home"), Path.of("/tmp/home/.cache")));
        assertThat(Locations.of(module, "?", Map.of("XDG_CACHE_HOME", "/cache")))
                .isEqualTo(new Locations(module, Path.of("/"), Path.of("/cache")));
    }

    @Test
    void userFileIsUtf8AndMayBeAbsent(@TempDir Path home) throws Exception {
        Path file = home.resolve(Settings.USER_FILE);
        assertThat(Settings.read(file).values()).isEmpty();

        Files.writeString(file, "unikernel.workDir = /srv/prüfung\n", StandardCharsets.UTF_8);
        assertThat(Settings.read(file).values()).containsEntry("unikernel.workDir", "/srv/prüfung");
    }

    @Test
    void userFileThatIsNoPropertiesFileIsRefused(@TempDir Path home) throws Exception {
        Path file = Files.writeString(home.resolve(Settings.USER_FILE), "a = \\u00zz\n");

        assertThatThrownBy(() -> Settings.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The settings in " + file + " cannot be read (java.lang.IllegalArgumentException: Malformed"
                        + " \\uxxxx encoding.). Expected is a properties file in UTF-8. Correct or remove it.");
    }

    @Test
    void realSourcesAreRead() {
        System.setProperty("unikernel.dhcp", "dnsmasq");
        try {
            assertThat(Settings.ofSystemProperties().describe(Keys.DHCP))
                    .isEqualTo("unikernel.dhcp=dnsmasq (system property unikernel.dhcp)");
            assertThat(Settings.of(name -> Optional.of("kea")).describe(Keys.DHCP))
                    .isEqualTo("unikernel.dhcp=kea (JUnit configuration parameter unikernel.dhcp)");
        } finally {
            System.clearProperty("unikernel.dhcp");
        }
    }

    @Test
    void onlyTheGivenValuesHold() {
        System.setProperty("unikernel.dhcp", "dnsmasq");
        try {
            Settings settings = Settings.only(Map.of("unikernel.network", "tap"));

            assertThat(settings.get(Keys.NETWORK)).isEqualTo(NetworkChoice.TAP);
            assertThat(settings.isSet(Keys.DHCP)).isFalse();
        } finally {
            System.clearProperty("unikernel.dhcp");
        }
    }

    @Test
    void everyKeyCanBeShownInATable() {
        assertThat(Keys.all())
                .extracting(Key::name)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.startsWith("unikernel."));
        assertThat(Keys.all()).allSatisfy(key -> {
            assertThat(key.form()).isNotBlank();
            assertThat(key.standard()).isNotBlank();
            assertThat(key.description()).endsWith(".").doesNotContain("\n");
        });
    }
}

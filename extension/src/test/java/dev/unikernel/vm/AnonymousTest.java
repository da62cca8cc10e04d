package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.host.ProgramPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnonymousTest {

    private static final String PATH = "/home/ann/bin:/opt/secret:/usr/bin";

    private final Anonymous anonymous = Anonymous.of("/home/ann", "ann", "zeus", PATH);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /home/ann/vms/web.img                         | ~/vms/web.img
            in /home/ann                                  | in ~
            '/home/ann' (default)                         | '~' (default)
            /home/anna/web.img                            | /home/anna/web.img
            /srv/ann/web.img                              | /srv/$USER/web.img
            may not be opened by ann (it belongs to ann:kvm) | may not be opened by $USER (it belongs to $USER:kvm)
            sudo usermod -aG kvm ann, then                | sudo usermod -aG kvm $USER, then
            an annex of anna's --ann                      | an annex of anna's --ann
            /nfs/zeus/images                              | /nfs/$HOSTNAME/images
            zeus-pool                                     | zeus-pool
            tap0 has 10.1.2.3/24                          | tap0 has (address)/24
            at 192.168.1.77:67, 2001:db8::1               | at (address):67, (address)
            2001:db8:1:2:3:4:5:6                          | (address)
            127.77.0.1 and 198.18.0.2 and 0.0.0.0:67      | 127.77.0.1 and 198.18.0.2 and 0.0.0.0:67
            QEMU 7.2.22, kernel 6.18.44-1.2.3.4-x         | QEMU 7.2.22, kernel 6.18.44-1.2.3.4-x
            has eth0, wlx00c0caabcdef, enx0123456789ab    | has eth0, wlx-, enx-
            AA:C6:00:00:00:01                             | AA:C6:00:00:00:01
            12:30:01                                      | 12:30:01
            """)
    void whatTellsWhoAndWhereIsReplaced(String text, String expected) {
        assertThat(anonymous.of(text)).isEqualTo(expected);
    }

    @Test
    void searchPathIsNotShown() {
        assertThat(anonymous.of("there is no ip in any of " + ProgramPath.ofThisJvm() + "."))
                .isEqualTo("there is no ip in any of $PATH.");
        assertThat(anonymous.of("no such program on PATH (" + PATH + ")")).isEqualTo("no such program on PATH ($PATH)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "nobody", "ab", ""})
    void namesThatTellNothingStay(String name) {
        assertThat(Anonymous.of("/root", name, "localhost", "").of("root:root, nobody, ab at localhost, /root/x"))
                .isEqualTo("root:root, nobody, ab at localhost, ~/x");
    }

    @Test
    void machineWithoutNamesIsLeftAsItIs() {
        assertThat(Anonymous.of("/", "", "", "").of("/usr/bin/qemu")).isEqualTo("/usr/bin/qemu");
    }
}

package dev.unikernel.network.premade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseFormatTest {

    private static final MacAddress MAC = MacAddress.parse("AA:C6:00:00:00:01");

    /** As ISC dhcpd 4.4.3 wrote it. */
    private static final String DHCPD = """
            # This lease file was written by isc-dhcp-4.4.3-P1
            authoring-byte-order little-endian;

            lease 10.0.2.11 {
              starts 2 2026/11/24 06:14:11;
              ends 2 2026/11/24 06:24:11;
              hardware ethernet aa:c6:00:00:00:01;
            }
            lease 10.0.2.12 {
              starts 2 2026/11/24 07:00:00;
              ends 2 2026/11/24 07:10:00;
              hardware ethernet aa:c6:00:00:00:02;
            }
            lease 10.0.2.10 {
              starts 2 2026/11/24 07:14:11;
              ends 2 2026/11/24 19:14:11;
              cltt 2 2026/11/24 07:14:11;
              binding state active;
              hardware ethernet aa:c6:00:00:00:01;
            }
            """;

    @Test
    void dhcpdsNewestLeaseOfTheCardComesFirst() {
        assertThat(LeaseFormat.DHCPD.read(DHCPD, MAC, "leases"))
                .containsExactly(
                        new Candidate(Ipv4.parse("10.0.2.10"), Duration.ofHours(12), "leases"),
                        new Candidate(Ipv4.parse("10.0.2.11"), Duration.ofMinutes(10), "leases"));
    }

    @Test
    void aLeaseThatDhcpdIsStillWritingIsNoneYet() {
        String halfWritten = DHCPD.substring(0, DHCPD.length() - 4);

        assertThat(LeaseFormat.DHCPD.read(halfWritten, MAC, "leases"))
                .extracting(candidate -> candidate.address().getHostAddress())
                .containsExactly("10.0.2.11");
    }

    @Test
    void aLeaseWithoutEndHasNoKnownTime() {
        String text = DHCPD.replace("ends 2 2026/11/24 19:14:11", "ends never");

        assertThat(LeaseFormat.DHCPD.read(text, MAC, "leases").get(0).time()).isEqualTo(Duration.ZERO);
    }

    @Test
    void dnsmasqsLineIsRead() {
        String text = """
                1764000000 aa:c6:00:00:00:02 10.0.2.11 * *
                1764000000 aa:c6:00:00:00:01 10.0.2.10 * 01:aa:c6:00:00:00:01
                """;

        assertThat(LeaseFormat.DNSMASQ.read(text, MAC, "leases"))
                .containsExactly(new Candidate(Ipv4.parse("10.0.2.10"), Duration.ZERO, "leases"));
    }

    @Test
    void keasNewestLineComesFirst() {
        String text = """
                address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context
                10.0.2.10,aa:c6:00:00:00:01,,3600,1764000000,1,0,0,,0,
                10.0.2.12,aa:c6:00:00:00:01,,600,1764000100,1,0,0,,0,
                """;

        assertThat(LeaseFormat.KEA.read(text, MAC, "leases"))
                .containsExactly(
                        new Candidate(Ipv4.parse("10.0.2.12"), Duration.ofSeconds(600), "leases"),
                        new Candidate(Ipv4.parse("10.0.2.10"), Duration.ofSeconds(3600), "leases"));
    }
}

package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.unikernel.host.Probe;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.vm.Decision.Pair;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DiagnosisJsonTest {

    private static final Pair TAKEN = new Pair(HypervisorKind.QEMU, NetworkMode.USER);
    private static final Pair PASSED_BY = new Pair(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.TAP);

    @Test
    void programsFindEachFactUnderItsName() {
        Diagnosis diagnosis = new Diagnosis(
                new Diagnosis.Software("0.1.0", "17.0.2", "Oracle", "Debian 12", "6.1.0", "amd64"),
                new Diagnosis.Machine(
                        2, OptionalLong.of(8L << 30), OptionalLong.empty(), Optional.of("vmx"), Optional.empty()),
                List.of(new Diagnosis.Finding("/dev/kvm", new Probe.Missing("it is not there", "Load it."))),
                List.of(new Diagnosis.Program("QEMU", Optional.of("/usr/bin/qemu"), new Probe.Available("QEMU 7.2"))),
                List.of(new Diagnosis.Setting("unikernel.cpus", "none", "default", Optional.of("no number"))),
                List.of(
                        new Diagnosis.Candidate(PASSED_BY, false, new Probe.Missing("no tap", "Make one.")),
                        new Diagnosis.Candidate(TAKEN, true, new Probe.Available("it is"))),
                Optional.of(TAKEN),
                "QEMU it is");

        assertThat(JsonParser.parseString(DiagnosisJson.of(diagnosis))).isEqualTo(JsonParser.parseString("""
                        {
                          "software": {
                            "unikernelJunit": "0.1.0", "java": "17.0.2", "javaVendor": "Oracle",
                            "system": "Debian 12", "kernel": "6.1.0", "architecture": "amd64"
                          },
                          "machine": {
                            "processors": 2, "memory": 8589934592, "availableMemory": null,
                            "virtualization": "vmx", "container": null
                          },
                          "findings": [
                            {"name": "/dev/kvm", "available": false, "found": null,
                             "reason": "it is not there", "fix": "Load it."}
                          ],
                          "hypervisors": [
                            {"name": "QEMU", "binary": "/usr/bin/qemu", "available": true, "found": "QEMU 7.2",
                             "reason": null, "fix": null}
                          ],
                          "settings": [
                            {"key": "unikernel.cpus", "value": "none", "source": "default", "error": "no number"}
                          ],
                          "pairs": [
                            {"hypervisor": "cloud-hypervisor", "network": "tap", "wanted": false, "taken": false,
                             "available": false, "found": null, "reason": "no tap", "fix": "Make one."},
                            {"hypervisor": "qemu", "network": "user", "wanted": true, "taken": true,
                             "available": true, "found": "it is", "reason": null, "fix": null}
                          ],
                          "canStart": true,
                          "verdict": "QEMU it is"
                        }
                        """));
    }
}

package dev.unikernel.vm;

import dev.unikernel.host.Probe;
import dev.unikernel.vm.Diagnosis.Candidate;
import dev.unikernel.vm.Diagnosis.Finding;
import dev.unikernel.vm.Diagnosis.Machine;
import dev.unikernel.vm.Diagnosis.Program;
import dev.unikernel.vm.Diagnosis.Setting;
import dev.unikernel.vm.Diagnosis.Software;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** A diagnosis as a screen of text. */
final class DiagnosisText {

    private static final int WIDTH = 110;
    private static final int NAME = 30;
    private static final String HANGING = " ".repeat(7 + NAME);

    private final StringBuilder text = new StringBuilder();

    /** What has been said already need not be said again where it is the reason for something else. */
    private final Map<Probe, String> said = new LinkedHashMap<>();

    private DiagnosisText() {}

    static String of(Diagnosis diagnosis) {
        DiagnosisText writer = new DiagnosisText();
        writer.head(diagnosis.software(), diagnosis.machine());
        writer.title("This machine");
        for (Finding finding : diagnosis.findings()) {
            writer.probe(finding.probe().isAvailable() ? "yes" : "no", finding.name(), finding.probe(), "");
            writer.said.put(finding.probe(), finding.name());
        }
        writer.title("Hypervisors");
        for (Program program : diagnosis.hypervisors()) {
            String where = program.binary().map(binary -> " (" + binary + ")").orElse("");
            writer.probe(program.probe().isAvailable() ? "yes" : "no", program.name(), program.probe(), where);
            writer.said.put(program.probe(), program.name());
        }
        writer.title("Settings" + (diagnosis.settings().isEmpty() ? ": all have their defaults" : ""));
        diagnosis.settings().forEach(writer::setting);
        writer.title("Pairs, of which the first is taken that is possible and wanted");
        for (Candidate candidate : diagnosis.candidates()) {
            writer.candidate(
                    candidate, diagnosis.pair().filter(candidate.pair()::equals).isPresent());
        }
        writer.text.append('\n');
        writer.wrap(diagnosis.verdict(), "");
        return writer.text.toString();
    }

    private void head(Software software, Machine machine) {
        wrap(
                "unikernel-junit " + software.unikernelJunit() + ", Java " + software.java() + " ("
                        + software.javaVendor() + "), " + software.system() + ", kernel " + software.kernel() + " on "
                        + software.architecture(),
                "");
        wrap(
                machine.processors() + (machine.processors() == 1 ? " processor, " : " processors, ")
                        + gibibytes(machine.availableMemory()) + " of "
                        + gibibytes(machine.memory()) + " memory available, "
                        + machine.virtualization().orElse("neither vmx nor svm")
                        + machine.container()
                                .map(container -> ", in a container (" + container + ")")
                                .orElse(", no container seen"),
                "");
    }

    private void candidate(Candidate candidate, boolean taken) {
        String name = candidate.pair().kind().title() + " + "
                + candidate.pair().mode().key();
        String because = said.get(candidate.probe());
        if (candidate.probe().isAvailable()) {
            line(
                    taken ? "-->" : "yes",
                    name,
                    taken ? "taken" : candidate.wanted() ? "possible" : "possible, not wanted");
        } else if (because != null) {
            line("no", name, (candidate.wanted() ? "" : "not wanted; ") + "see " + because);
        } else {
            probe("no", name, candidate.probe(), candidate.wanted() ? "" : " (not wanted)");
            said.put(candidate.probe(), name);
        }
    }

    private void probe(String mark, String name, Probe probe, String after) {
        if (probe instanceof Probe.Missing missing) {
            line(mark, name, missing.reason() + after);
            if (!missing.fix().isEmpty()) {
                wrap(HANGING + "> " + missing.fix(), HANGING + "  ");
            }
        } else {
            line(mark, name, probe + after);
        }
    }

    private void setting(Setting setting) {
        wrap("  " + setting.key() + "=" + setting.value() + " (" + setting.origin() + ")", "    ");
        setting.error().ifPresent(error -> wrap("    > " + error, "      "));
    }

    private void title(String title) {
        text.append('\n').append(title).append('\n');
    }

    private void line(String mark, String name, String words) {
        wrap(String.format(Locale.ROOT, "  %-3s  %-" + NAME + "s%s", mark, name, words), HANGING);
    }

    private void wrap(String line, String hanging) {
        String rest = line.stripTrailing();
        while (rest.length() > WIDTH) {
            int end = rest.lastIndexOf(' ', WIDTH);
            if (end <= hanging.length() + 1) {
                break; // a word that is longer than the line
            }
            text.append(rest, 0, end).append('\n');
            rest = hanging + rest.substring(end + 1);
        }
        text.append(rest).append('\n');
    }

    private static String gibibytes(OptionalLong bytes) {
        return bytes.isEmpty() ? "?" : String.format(Locale.ROOT, "%.1fG", bytes.getAsLong() / (double) (1L << 30));
    }
}

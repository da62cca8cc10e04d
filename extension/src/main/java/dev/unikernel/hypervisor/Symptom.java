package dev.unikernel.hypervisor;

import dev.unikernel.network.TapNic;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words of a VMM and what they mean.
 *
 * @param words found anywhere in what the VMM said
 * @param cause in one sentence without a full stop; {@code {kernel}}, {@code {nic}} and so on are replaced, and {@code
 *     $1} by the first group
 * @param nextStep likewise
 */
public record Symptom(Pattern words, String cause, String nextStep) {

    /** What one symptom means for one machine. */
    public record Meaning(String cause, String nextStep) {}

    public static Symptom of(String words, String cause, String nextStep) {
        return new Symptom(Pattern.compile(words), cause, nextStep);
    }

    /** The meaning of the first symptom of {@code table} that {@code said} shows. */
    public static Optional<Meaning> explain(List<Symptom> table, String said, Machine machine) {
        for (Symptom symptom : table) {
            Matcher match = symptom.words.matcher(said);
            if (match.find()) {
                return Optional.of(
                        new Meaning(fill(symptom.cause, match, machine), fill(symptom.nextStep, match, machine)));
            }
        }
        return Optional.empty();
    }

    private static String fill(String template, Matcher match, Machine machine) {
        String text = template.replace("{kernel}", machine.kernel().toString())
                .replace("{initramfs}", machine.initramfs().map(Path::toString).orElse("(none)"))
                .replace("{memory}", machine.memoryText())
                .replace("{cpus}", Integer.toString(machine.cpus()))
                .replace("{nic}", machine.nic() instanceof TapNic nic ? nic.tap() : "user network");
        return match.groupCount() == 0 || match.group(1) == null ? text : text.replace("$1", match.group(1));
    }
}

package dev.unikernel.hypervisor;

import java.util.List;
import java.util.Map;

/**
 * The options of a VMM that are set by us, each with what to use instead; {@code hypervisorArgs} may not set them again.
 *
 * @param instead what to do instead, by option as it stands on the command line
 */
public record OwnOptions(Map<String, String> instead) {

    public OwnOptions {
        instead = Map.copyOf(instead);
    }

    /** @throws HypervisorException if an argument is such an option; names it */
    public void refuseIn(List<String> hypervisorArgs) {
        for (String argument : hypervisorArgs) {
            String option = argument.startsWith("-") ? argument.split("=", 2)[0] : argument;
            String next = instead.get(option);
            if (next != null) {
                throw new HypervisorException("hypervisorArgs sets " + option + ", which is set already", next);
            }
        }
    }
}

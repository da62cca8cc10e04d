package dev.unikernel.hypervisor.cloudhypervisor;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.Optional;

/**
 * One record of {@code --event-monitor}.
 *
 * @param nanos when it happened, in nanoseconds since the VMM began
 * @param source {@code vmm}, {@code vm}, {@code guest} or a kind of device
 * @param device the id of the device, empty for events of none
 */
record Event(long nanos, String source, String name, String device) {

    /** Reads a record; empty if it is not one, so that a new kind of record does no harm. */
    static Optional<Event> parse(String json) {
        try {
            if (JsonParser.parseString(json) instanceof JsonObject event
                    && event.get("timestamp") instanceof JsonObject timestamp
                    && timestamp.get("secs") instanceof JsonPrimitive secs
                    && timestamp.get("nanos") instanceof JsonPrimitive nanos
                    && event.get("source") instanceof JsonPrimitive source
                    && event.get("event") instanceof JsonPrimitive name) {
                return Optional.of(new Event(
                        secs.getAsLong() * 1_000_000_000L + nanos.getAsLong(),
                        source.getAsString(),
                        name.getAsString(),
                        device(event)));
            }
            return Optional.empty();
        } catch (JsonParseException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String device(JsonObject event) {
        return event.get("properties") instanceof JsonObject properties
                        && properties.get("id") instanceof JsonPrimitive id
                ? id.getAsString()
                : "";
    }
}

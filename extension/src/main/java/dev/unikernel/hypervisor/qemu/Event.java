package dev.unikernel.hypervisor.qemu;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.Optional;

/**
 * One event of QMP.
 *
 * @param epochMicros when it happened, on the machine's clock of the day
 * @param data what it carries; empty for events without
 */
record Event(long epochMicros, String name, JsonObject data) {

    /** Reads a line; empty if it is no event: the greeting, or an answer. */
    static Optional<Event> parse(String line) {
        try {
            if (JsonParser.parseString(line) instanceof JsonObject message
                    && message.get("event") instanceof JsonPrimitive name
                    && message.get("timestamp") instanceof JsonObject timestamp
                    && timestamp.get("seconds") instanceof JsonPrimitive seconds
                    && timestamp.get("microseconds") instanceof JsonPrimitive micros) {
                JsonObject data = message.get("data") instanceof JsonObject object ? object : new JsonObject();
                return Optional.of(
                        new Event(seconds.getAsLong() * 1_000_000 + micros.getAsLong(), name.getAsString(), data));
            }
            return Optional.empty();
        } catch (JsonParseException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** A word of the data; empty if it has none of that name. */
    String word(String key) {
        return data.get(key) instanceof JsonPrimitive value ? value.getAsString() : "";
    }
}

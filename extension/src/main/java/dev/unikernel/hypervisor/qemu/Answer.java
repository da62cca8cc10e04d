package dev.unikernel.hypervisor.qemu;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.Optional;

/**
 * The answer to one QMP command.
 *
 * @param id the command's
 * @param result what was returned; an empty object for most commands
 * @param error in QEMU's words; empty if there was none
 */
record Answer(String id, JsonElement result, String error) {

    /** Reads a line; empty if it is no answer to a command with an id: the greeting, an event. */
    static Optional<Answer> parse(String line) {
        try {
            if (JsonParser.parseString(line) instanceof JsonObject message
                    && message.get("id") instanceof JsonPrimitive id) {
                if (message.has("return")) {
                    return Optional.of(new Answer(id.getAsString(), message.get("return"), ""));
                }
                if (message.get("error") instanceof JsonObject error) {
                    String said =
                            error.get("desc") instanceof JsonPrimitive text ? text.getAsString() : error.toString();
                    return Optional.of(new Answer(id.getAsString(), new JsonObject(), said));
                }
            }
            return Optional.empty();
        } catch (JsonParseException e) {
            return Optional.empty();
        }
    }
}

package dev.unikernel.hypervisor.cloudhypervisor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.unikernel.hypervisor.GuestCounters;
import dev.unikernel.hypervisor.HypervisorException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the bodies of Cloud Hypervisor's answers. */
final class ApiAnswers {

    private static final int SHOWN = 200;

    private ApiAnswers() {}

    static String state(String info) {
        return word(info, "state", "vm.info");
    }

    /** Devices of other kinds, and counters that are not known here, are passed over. */
    static GuestCounters counters(String counters) {
        Map<String, GuestCounters.Nic> nics = new LinkedHashMap<>();
        Map<String, GuestCounters.Disk> disks = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> device :
                object(counters, "vm.counters").entrySet()) {
            if (device.getValue() instanceof JsonObject values) {
                if (values.has("rx_bytes")) {
                    nics.put(device.getKey(), nic(values));
                } else if (values.has("read_bytes")) {
                    disks.put(device.getKey(), disk(values));
                }
            }
        }
        return new GuestCounters(nics, disks);
    }

    private static GuestCounters.Nic nic(JsonObject values) {
        return new GuestCounters.Nic(
                number(values, "rx_bytes"),
                number(values, "rx_frames"),
                number(values, "tx_bytes"),
                number(values, "tx_frames"));
    }

    private static GuestCounters.Disk disk(JsonObject values) {
        return new GuestCounters.Disk(
                number(values, "read_bytes"),
                number(values, "read_ops"),
                number(values, "write_bytes"),
                number(values, "write_ops"));
    }

    private static long number(JsonObject values, String key) {
        if (values.get(key) instanceof JsonPrimitive value && value.isNumber()) {
            return value.getAsLong();
        }
        throw unexpected("vm.counters", "a number '" + key + "'", values.toString());
    }

    private static String word(String json, String key, String call) {
        if (object(json, call).get(key) instanceof JsonPrimitive word) {
            return word.getAsString();
        }
        throw unexpected(call, "an object with '" + key + "'", json);
    }

    private static JsonObject object(String json, String call) {
        try {
            if (JsonParser.parseString(json) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonParseException e) {
            // Said below.
        }
        throw unexpected(call, "a JSON object", json);
    }

    private static HypervisorException unexpected(String call, String expected, String found) {
        return new HypervisorException(
                "Cloud Hypervisor answered '" + call + "' with '"
                        + (found.length() > SHOWN ? found.substring(0, SHOWN) + "..." : found) + "', expected was "
                        + expected,
                "is this version newer than " + Gate.NEWEST_KNOWN + ", the newest that is known here?");
    }
}

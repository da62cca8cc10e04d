package dev.unikernel.hypervisor.qemu;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.unikernel.hypervisor.GuestCounters;
import dev.unikernel.hypervisor.HypervisorException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads what QMP commands return. */
final class QmpResults {

    private QmpResults() {}

    /** The state that {@code query-status} tells: {@code running}, {@code paused} and so on (RunState of QEMU's qapi). */
    static String status(JsonElement result) {
        if (result instanceof JsonObject object && object.get("status") instanceof JsonPrimitive status) {
            return status.getAsString();
        }
        throw unexpected("query-status", "'status'", result);
    }

    /** The disks that {@code query-blockstats} tells of. QEMU counts nothing of network cards. */
    static GuestCounters counters(JsonElement result) {
        if (!(result instanceof JsonArray devices)) {
            throw unexpected("query-blockstats", "an array", result);
        }
        Map<String, GuestCounters.Disk> disks = new LinkedHashMap<>();
        for (JsonElement device : devices) {
            if (device instanceof JsonObject object
                    && object.get("device") instanceof JsonPrimitive id
                    && object.get("stats") instanceof JsonObject stats) {
                disks.put(
                        id.getAsString(),
                        new GuestCounters.Disk(
                                number(stats, "rd_bytes"),
                                number(stats, "rd_operations"),
                                number(stats, "wr_bytes"),
                                number(stats, "wr_operations")));
            }
        }
        return new GuestCounters(Map.of(), disks);
    }

    private static long number(JsonObject stats, String key) {
        if (stats.get(key) instanceof JsonPrimitive value && value.isNumber()) {
            return value.getAsLong();
        }
        throw unexpected("query-blockstats", "a number '" + key + "'", stats);
    }

    private static HypervisorException unexpected(String command, String expected, JsonElement found) {
        return new HypervisorException(
                "QEMU answered '" + command + "' with '" + found + "', expected was " + expected,
                "which QEMU is this? See unikernel.qemu.binary");
    }
}

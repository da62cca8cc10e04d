package dev.unikernel.vm;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.unikernel.host.Probe;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** A diagnosis for programs: the same as {@link DiagnosisText}, each reason with its fix in full. */
final class DiagnosisJson {

    private DiagnosisJson() {}

    static String of(Diagnosis diagnosis) {
        JsonObject json = new JsonObject();
        json.add("software", software(diagnosis.software()));
        json.add("machine", machine(diagnosis.machine()));
        json.add("findings", array(diagnosis.findings(), finding -> probe(named(finding.name()), finding.probe())));
        json.add("hypervisors", array(diagnosis.hypervisors(), program -> {
            JsonObject object = named(program.name());
            object.add("binary", text(program.binary()));
            return probe(object, program.probe());
        }));
        json.add("settings", array(diagnosis.settings(), setting -> {
            JsonObject object = new JsonObject();
            object.addProperty("key", setting.key());
            object.addProperty("value", setting.value());
            object.addProperty("source", setting.origin());
            object.add("error", text(setting.error()));
            return object;
        }));
        json.add("pairs", array(diagnosis.candidates(), candidate -> {
            JsonObject object = pair(candidate.pair());
            object.addProperty("wanted", candidate.wanted());
            object.addProperty(
                    "taken", diagnosis.pair().filter(candidate.pair()::equals).isPresent());
            return probe(object, candidate.probe());
        }));
        json.addProperty("canStart", diagnosis.canStart());
        json.addProperty("verdict", diagnosis.verdict());
        return new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .serializeNulls()
                .create()
                .toJson(json);
    }

    private static JsonObject software(Diagnosis.Software software) {
        JsonObject json = new JsonObject();
        json.addProperty("unikernelJunit", software.unikernelJunit());
        json.addProperty("java", software.java());
        json.addProperty("javaVendor", software.javaVendor());
        json.addProperty("system", software.system());
        json.addProperty("kernel", software.kernel());
        json.addProperty("architecture", software.architecture());
        return json;
    }

    private static JsonObject machine(Diagnosis.Machine machine) {
        JsonObject json = new JsonObject();
        json.addProperty("processors", machine.processors());
        json.add("memory", number(machine.memory()));
        json.add("availableMemory", number(machine.availableMemory()));
        json.add("virtualization", text(machine.virtualization()));
        json.add("container", text(machine.container()));
        return json;
    }

    private static JsonObject named(String name) {
        JsonObject json = new JsonObject();
        json.addProperty("name", name);
        return json;
    }

    private static JsonObject pair(Decision.Pair pair) {
        JsonObject json = new JsonObject();
        json.addProperty("hypervisor", pair.kind().key());
        json.addProperty("network", pair.mode().key());
        return json;
    }

    private static JsonObject probe(JsonObject json, Probe probe) {
        json.addProperty("available", probe.isAvailable());
        json.add("found", text(probe.isAvailable() ? Optional.of(probe.toString()) : Optional.empty()));
        json.add("reason", text(probe.missing().map(Probe.Missing::reason)));
        json.add("fix", text(probe.missing().map(Probe.Missing::fix)));
        return json;
    }

    private static <T> JsonArray array(Collection<T> values, Function<T, JsonElement> form) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(form.apply(value)));
        return array;
    }

    private static JsonElement text(Optional<String> value) {
        return value.<JsonElement>map(JsonPrimitive::new).orElse(JsonNull.INSTANCE);
    }

    private static JsonElement number(OptionalLong value) {
        return value.isPresent() ? new JsonPrimitive(value.getAsLong()) : JsonNull.INSTANCE;
    }
}

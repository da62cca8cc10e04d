package dev.unikernel.hypervisor.cloudhypervisor;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;

/** One answer of Cloud Hypervisor's API. */
record ApiReply(int status, String body) {

    /** What the eleventh connection is told before it is closed. */
    private static final int NO_FREE_CONNECTION = 503;

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    boolean isBusy() {
        return status == NO_FREE_CONNECTION;
    }

    /**
     * The status and why, outermost reason first: {@code "HTTP 500: Error from API: The VM could not be paused"}.
     *
     * <p>From v47.0 on an array of texts; before, one text (Debug until v37, Display from v38 on) that only its header
     * calls JSON; some answers of status 400 say nothing in all versions.
     */
    String error() {
        String reason = chain();
        return reason.isEmpty() ? "HTTP " + status + " without a reason" : "HTTP " + status + ": " + reason;
    }

    private String chain() {
        String text = body.strip();
        if (!text.startsWith("[")) {
            return text;
        }
        try {
            List<String> links = new ArrayList<>();
            if (JsonParser.parseString(text) instanceof JsonArray array) {
                for (JsonElement link : array) {
                    links.add(link instanceof JsonPrimitive word ? word.getAsString() : link.toString());
                }
            }
            return String.join(": ", links);
        } catch (JsonParseException e) {
            return text;
        }
    }
}

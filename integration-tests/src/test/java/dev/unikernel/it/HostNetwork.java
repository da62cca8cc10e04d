package dev.unikernel.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The network of this machine: interfaces, routes, firewall, neighbours. What each of these commands says. */
record HostNetwork(Map<String, String> said) {

    /** Not all are everywhere. */
    private static final List<List<String>> COMMANDS = List.of(
            List.of("ip", "-details", "link"),
            List.of("ip", "address"),
            List.of("ip", "route", "show", "table", "all"),
            List.of("ip", "rule"),
            List.of("ip", "neighbour"),
            List.of("ip", "netns"),
            List.of("nft", "list", "ruleset"),
            List.of("iptables-save"),
            List.of("bridge", "link"),
            List.of("tc", "qdisc"));

    /** Counters and times, which go on by themselves, and so do the states of neighbours. */
    private static final String LIVES =
            "\\b(expires|used|age) \\d+\\S*|\\[\\d+:\\d+]|^#.*|\\b(REACHABLE|STALE|DELAY|PROBE)\\b";

    static HostNetwork now() throws InterruptedException {
        Map<String, String> said = new TreeMap<>();
        for (List<String> command : COMMANDS) {
            said.put(String.join(" ", command), run(command).replaceAll(LIVES, ""));
        }
        return new HostNetwork(said);
    }

    private static String run(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return said;
        } catch (IOException absent) {
            return "not installed";
        }
    }
}

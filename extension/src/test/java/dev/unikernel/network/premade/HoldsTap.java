package dev.unikernel.network.premade;

import dev.unikernel.network.MacAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A JVM that takes a tap and keeps it until it is killed. */
final class HoldsTap {

    private HoldsTap() {}

    public static void main(String[] args) throws IOException {
        new PremadeNetwork(List.of(args[0]), MacAddress.parse("AA:C6:00:00:00:01")).attach(List.of(), Path.of("/"));
        System.out.println("holds " + args[0]);
        System.in.read();
    }
}

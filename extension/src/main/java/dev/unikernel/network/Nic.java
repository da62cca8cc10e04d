package dev.unikernel.network;

import java.util.List;

/** The guest's network card as the VMM's command line needs to know it. */
public sealed interface Nic permits TapNic, UserNic {

    MacAddress mac();

    /**
     * The program and arguments that run the VMM's command where its card is, to be put in front of it; empty if that is
     * where this JVM is. Such a program waits for the VMM as its child and ends as that does.
     */
    default List<String> enter() {
        return List.of();
    }
}

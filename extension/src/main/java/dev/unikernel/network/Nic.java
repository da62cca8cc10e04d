package dev.unikernel.network;

/** The guest's network card as the VMM's command line needs to know it. */
public sealed interface Nic permits TapNic, UserNic {

    MacAddress mac();
}

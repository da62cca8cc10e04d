package dev.unikernel.network;

/** What sees to it that nothing of a network is left behind if this JVM is killed. */
public record Guards(TapGuard taps, ProcessGuard processes, FolderGuard folders) {}

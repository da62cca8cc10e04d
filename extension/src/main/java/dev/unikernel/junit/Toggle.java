package dev.unikernel.junit;

/** A switch that can be left to the project's default. */
public enum Toggle {
    DEFAULT,
    ON,
    OFF
}

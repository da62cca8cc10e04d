package dev.unikernel.junit;

/** How long a VM lives. */
public enum Scope {
    /** For the tests of a class. */
    CLASS,
    /** For one test. Not there yet: an error. */
    METHOD,
    /** For all classes of a test run that ask for the same VM. Not there yet: an error. */
    SESSION
}

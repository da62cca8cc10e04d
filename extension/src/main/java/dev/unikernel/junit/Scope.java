package dev.unikernel.junit;

/** How long a VM lives. */
public enum Scope {
    /** For the tests of a class. */
    CLASS,
    /**
     * For one test: a fresh VM, booted before {@code @BeforeEach}, for each test, repetition and invocation. One for all the
     * dynamic tests of a {@code @TestFactory}.
     */
    METHOD,
    /**
     * For all classes of a session of JUnit's launcher that ask for the same VM: equal attributes, equal settings. A session
     * is a fork of Surefire, also one that is used again for the next class. Needs JUnit 5.13. A VM that a class has ended
     * is replaced for the next one.
     */
    SESSION
}

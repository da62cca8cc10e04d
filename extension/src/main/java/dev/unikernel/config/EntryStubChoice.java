package dev.unikernel.config;

/** The values of {@link Keys#ENTRY_STUB}: what becomes of a kernel that uses a stack before it has set one. */
public enum EntryStubChoice implements Choice {
    /** Where it would die, a private copy of it is booted that sets one first. */
    AUTO,
    /** It is booted as it is. */
    OFF;

    /** The name as it stands in settings. */
    @Override
    public String key() {
        return Choice.super.key();
    }
}

package dev.unikernel.config;

/** The values of {@link Keys#WHEN_UNAVAILABLE}: what becomes of a test that this machine cannot run. */
public enum WhenUnavailable implements Choice {
    FAIL,
    SKIP;

    /** The name as it stands in settings. */
    @Override
    public String key() {
        return Choice.super.key();
    }
}

package dev.unikernel.hypervisor;

import java.util.regex.Matcher;

/** A version number of three parts, of which the last may be left out when it is 0. */
public record Version(int major, int minor, int patch) implements Comparable<Version> {

    public Version(int major, int minor) {
        this(major, minor, 0);
    }

    /** Reads groups 1 to 3 of a match; group 3 may have taken no part. */
    public static Version of(Matcher match) {
        String patch = match.group(3);
        return new Version(
                Integer.parseInt(match.group(1)),
                Integer.parseInt(match.group(2)),
                patch == null ? 0 : Integer.parseInt(patch));
    }

    public boolean isAtLeast(Version other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(Version other) {
        int order = Integer.compare(major, other.major);
        if (order == 0) {
            order = Integer.compare(minor, other.minor);
        }
        return order == 0 ? Integer.compare(patch, other.patch) : order;
    }

    /** {@code 53.0}, {@code 7.2.22}. */
    @Override
    public String toString() {
        return major + "." + minor + (patch == 0 ? "" : "." + patch);
    }
}

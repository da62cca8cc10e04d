package dev.unikernel.network;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which segment is meant: segments of different owners are different, whatever their names are.
 *
 * @param owner whose segment it is; this very object
 * @param name the segment's name among the owner's
 */
public record SegmentKey(Object owner, String name) {

    @Override
    @SuppressWarnings("ReferenceEquality") // this very one
    public boolean equals(@Nullable Object other) {
        return other instanceof SegmentKey key && owner == key.owner && name.equals(key.name);
    }

    @Override
    public int hashCode() {
        return Objects.hash(System.identityHashCode(owner), name);
    }
}

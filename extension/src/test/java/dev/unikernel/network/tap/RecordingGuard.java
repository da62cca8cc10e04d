package dev.unikernel.network.tap;

import dev.unikernel.network.TapGuard;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps a record of what is guarded. */
final class RecordingGuard implements TapGuard {

    final List<String> everGuarded = new CopyOnWriteArrayList<>();
    final List<Integer> made = new CopyOnWriteArrayList<>();
    final List<String> guarded = new CopyOnWriteArrayList<>();

    @Override
    public Entry guard(String tap) {
        everGuarded.add(tap);
        guarded.add(tap);
        return new Entry() {
            @Override
            public void made(int index) {
                made.add(index);
            }

            @Override
            public void close() {
                guarded.remove(tap);
            }
        };
    }
}

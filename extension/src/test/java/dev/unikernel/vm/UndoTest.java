package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoTest {

    @Test
    void takesStepsBackInReverseOrderAndOnlyOnce() {
        List<String> done = new ArrayList<>();
        Undo undo = new Undo();
        undo.add(() -> done.add("first"));
        undo.add(() -> done.add("second"));
        undo.close();
        undo.close();
        assertThat(done).containsExactly("second", "first");
    }

    @Test
    void goesOnAfterAFailureAndKeepsLaterOnesAsSuppressed() {
        List<String> done = new ArrayList<>();
        Undo undo = new Undo();
        undo.add(() -> done.add("first"));
        undo.add(() -> {
            throw new IllegalStateException("b");
        });
        undo.add(() -> {
            throw new IllegalStateException("a");
        });
        VmCloseException failure = catchThrowableOfType(VmCloseException.class, undo::close);
        assertThat(failure).hasMessage("a VM was not taken away completely: a");
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.getSuppressed()[0]).hasMessage("b");
        assertThat(done).containsExactly("first");
    }

    @Test
    void interruptDoesNotDisturbTheStepsAndIsKept() {
        List<Boolean> interrupted = new ArrayList<>();
        Undo undo = new Undo();
        undo.add(() -> interrupted.add(Thread.currentThread().isInterrupted()));
        Thread.currentThread().interrupt();
        undo.close();

        assertThat(Thread.interrupted()).as("kept for later").isTrue();
        assertThat(interrupted).containsExactly(false);
    }

    @Test
    void threadThatWasNotInterruptedIsNotAfterwards() {
        new Undo().close();

        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void stepIsGivenBackToWhoAddsIt() {
        AutoCloseable step = () -> {};

        assertThat(new Undo().add(step)).isSameAs(step);
    }
}

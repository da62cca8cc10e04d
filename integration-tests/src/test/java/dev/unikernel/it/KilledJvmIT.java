package dev.unikernel.it;

import dev.unikernel.config.Keys;
import dev.unikernel.config.NetworkChoice;
import dev.unikernel.config.Settings;
import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.it.DoomedJvm.Moment;
import dev.unikernel.network.namespace.NamespaceWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After {@code kill -9} of a JVM that boots or runs a guest there is no process, tap, file or socket of ours. */
@GuestTest
class KilledJvmIT {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");

    /** What a plain user must be able to read. */
    @TempDir
    static Path shared;

    private static String classPath;

    /** The JVM's own. */
    @TempDir
    Path folder;

    @BeforeAll
    static void copyWhatAPlainUserCannotRead() throws IOException {
        PlainUser.letIn(shared);
        classPath = PlainUser.copyClassPathReadably(shared);
        PlainUser.copyReadably(FixtureGuest.kernel(), shared.resolve("fixture.elf"));
        FixtureImage.builder().build().writeTo(shared.resolve("prompt.img"));
        FixtureImage.builder().dhcpAfter(Duration.ofMinutes(5)).build().writeTo(shared.resolve("late.img"));
        NamespaceWrapper.writeTo(shared.resolve("bin/java"));
    }

    /** JUnit warns of links that lead out of what it deletes. */
    @AfterAll
    static void deleteLinks() throws IOException {
        CapableVmm.deleteLinks(shared);
    }

    @BeforeEach
    void makeTmp() throws IOException {
        Files.createDirectory(DoomedJvm.tmp(folder));
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLeft(Moment moment) throws IOException {
        killAt(moment, List.of(JAVA.toString()), List.of());
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLeftOfAPlainUser(Moment moment) throws IOException {
        killAt(moment, javaOfAPlainUser(), List.of());
    }

    @ParameterizedTest
    @EnumSource(names = {"VMM_STARTED", "READY"})
    void nothingIsLeftWhereTheVmmHasFileCapabilities(Moment moment) throws IOException {
        killAt(moment, List.of(JAVA.toString()), List.of(CapableVmm.in(shared).setting()));
    }

    /** Such a VMM does not get the signal of its parent's death. */
    @ParameterizedTest
    @EnumSource(names = {"VMM_STARTED", "READY"})
    void nothingIsLeftOfAPlainUserWhereTheVmmHasFileCapabilities(Moment moment) throws IOException {
        killAt(moment, javaOfAPlainUser(), List.of(CapableVmm.in(shared).setting()));
    }

    /** For Maven, and for whoever looks for its process, the wrapper is the test JVM; its end ends the guard as well. */
    @ParameterizedTest
    @EnumSource
    void nothingIsLeftOfANamespaceWhoseWrapperIsKilled(Moment moment) throws IOException {
        String wrapper = shared.resolve("bin/java").toString();
        Prerequisites.assumeSucceeds(List.of(wrapper, "-version"));
        try (DoomedJvm jvm = start(moment, List.of(wrapper), List.of())) {
            jvm.killWrapperAt(moment);
        }
    }

    /** With taps, the plain user needs a namespace; it has one by the wrapper, as in a build. */
    private List<String> javaOfAPlainUser() throws IOException {
        PlainUser.assumePossible();
        PlainUser.give(folder);
        PlainUser.give(DoomedJvm.tmp(folder));
        List<String> command = PlainUser.prefix();
        boolean wrapped = Settings.ofSystemProperties().get(Keys.NETWORK) == NetworkChoice.TAP;
        command.add(wrapped ? shared.resolve("bin/java").toString() : JAVA.toString());
        if (wrapped) {
            List<String> attempt = new ArrayList<>(command);
            attempt.add("-version");
            Prerequisites.assumeSucceeds(attempt);
        }
        return command;
    }

    private void killAt(Moment moment, List<String> java, List<String> settings) throws IOException {
        try (DoomedJvm jvm = start(moment, java, settings)) {
            jvm.killAt(moment);
        }
    }

    private DoomedJvm start(Moment moment, List<String> java, List<String> settings) throws IOException {
        List<String> options = DoomedJvm.settings();
        options.addAll(settings);
        options.addAll(List.of("-cp", classPath, DoomedMain.class.getName()));
        options.add(shared.resolve("fixture.elf").toString());
        options.add(shared.resolve(moment == Moment.READY ? "prompt.img" : "late.img")
                .toString());
        return DoomedJvm.start(folder, java, options);
    }
}

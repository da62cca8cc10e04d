package dev.unikernel.bench;

import java.nio.file.Path;
import java.time.Duration;

/** The manual flow of OPS' documentation, with its tap and MAC, on the same VMM and guest. */
record ManualFlow(Tools tools, VmmCommand command, Path image) implements Contestant {

    static ManualFlow of(Tools tools, VmmCommand command, Path image) {
        return new ManualFlow(
                tools,
                command.with("tap0", "aa:c6:00:00:00:01").inFolder(tools.built().resolve("manual")),
                image);
    }

    @Override
    public Duration run() {
        try (Workspace workspace = Workspace.of(command, image)) {
            return Tools.nanoseconds(command.after(
                    tools.script("in-namespace"),
                    tools.script("manual-flow"),
                    workspace.folder().toString()));
        }
    }
}

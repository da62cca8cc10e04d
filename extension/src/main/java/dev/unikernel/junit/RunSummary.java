package dev.unikernel.junit;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Says once more, in the last line of a run, what nobody must overlook: that tests were skipped, or that they did not run
 * on Cloud Hypervisor.
 */
public final class RunSummary implements LauncherSessionListener {

    private static final System.Logger LOG = System.getLogger("dev.unikernel");

    // One summary per JVM: JUnit has no store that every supported version keeps until the end of the session.
    private static final Set<String> FALLBACKS = ConcurrentHashMap.newKeySet();
    private static final Map<String, String> SKIPPED = new ConcurrentHashMap<>();

    static void fellBack(String reason) {
        FALLBACKS.add(reason);
    }

    static void skipped(Class<?> testClass, Exception reason) {
        SKIPPED.put(
                testClass.getName(),
                String.valueOf(reason.getMessage()).lines().findFirst().orElse(""));
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        new TreeSet<>(FALLBACKS)
                .forEach(reason -> LOG.log(System.Logger.Level.WARNING, "NOT RUN ON CLOUD HYPERVISOR: {0}", reason));
        if (!SKIPPED.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "SKIPPED {0} TEST CLASS(ES) for missing prerequisites: {1}",
                    SKIPPED.size(),
                    new TreeMap<>(SKIPPED));
        }
        FALLBACKS.clear();
        SKIPPED.clear();
    }
}

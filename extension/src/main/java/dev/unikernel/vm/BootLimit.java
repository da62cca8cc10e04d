package dev.unikernel.vm;

import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;

/**
 * How many VMs boot at a time in this JVM. More boots than processors make each of them slow, and a slow one runs into its
 * timeout; so the others wait, and their time begins when they may boot.
 */
final class BootLimit {

    private static final BootLimit OF_THIS_JVM = new BootLimit();

    private int booting;

    BootLimit() {}

    static BootLimit ofThisJvm() {
        return OF_THIS_JVM;
    }

    /** The right to boot one VM. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits until fewer than {@code most} VMs boot.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    synchronized Turn await(int most) throws InterruptedException {
        while (booting >= most) {
            wait();
        }
        booting++;
        return this::done;
    }

    private synchronized void done() {
        booting--;
        notifyAll();
    }

    /** What the settings say, or one for each processor as far as their memory is there; at least one. */
    static int of(Settings settings, Host host, long bytesOfOne) {
        return settings.get(Keys.MAX_CONCURRENT_BOOTS).orElseGet(() -> {
            long byMemory = host.availableMemory().orElse(Long.MAX_VALUE) / Math.max(1, bytesOfOne);
            int processors = Runtime.getRuntime().availableProcessors();
            return (int) Math.max(1, Math.min(processors, byMemory));
        });
    }
}

package dev.unikernel.vm;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A VM did not become ready. The subtype tells the kind; the message says what was awaited and how long, what was seen
 * last, the VMM's command line, the end of the serial log, where the logs are, and the next step.
 */
public abstract sealed class VmStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private String vmName = VmSpec.DEFAULT_NAME;
    private transient List<Path> logs = List.of();

    private VmStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The name of the VM. */
    public String vmName() {
        return vmName;
    }

    /** The logs that were written, which stay: the serial console and what the VMM said. Empty if nothing was started. */
    public List<Path> logs() {
        return logs;
    }

    VmStartException with(String ofVm, List<Path> written) {
        this.vmName = ofVm;
        this.logs = List.copyOf(written);
        return this;
    }

    /** This machine lacks something: a hypervisor, a right, a device. Nothing was started. */
    public static final class PrerequisiteMissing extends VmStartException {
        private static final long serialVersionUID = 1L;

        PrerequisiteMissing(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** What the VM shall be made of cannot be used: a kernel or image that is missing, broken or of the wrong kind. */
    public static final class BadInput extends VmStartException {
        private static final long serialVersionUID = 1L;

        BadInput(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The VMM refused to run the machine. */
    public static final class VmmRefused extends VmStartException {
        private static final long serialVersionUID = 1L;

        VmmRefused(String message) {
            super(message, null);
        }
    }

    /** The VMM's process ended before the guest was ready: the guest powered off, or somebody ended the VMM. */
    public static final class ExitedEarly extends VmStartException {
        private static final long serialVersionUID = 1L;

        ExitedEarly(String message) {
            super(message, null);
        }
    }

    /** The guest crashed, or said on its serial console that it failed. */
    public static final class GuestCrashed extends VmStartException {
        private static final long serialVersionUID = 1L;

        GuestCrashed(String message) {
            super(message, null);
        }
    }

    /** No DHCP server acknowledged an address for the guest in time. */
    public static final class NoLease extends VmStartException {
        private static final long serialVersionUID = 1L;

        NoLease(String message) {
            super(message, null);
        }
    }

    /** The guest has an address, but nothing accepted a connection on its port in time. */
    public static final class NotListening extends VmStartException {
        private static final long serialVersionUID = 1L;

        NotListening(String message) {
            super(message, null);
        }
    }

    /** The guest answered, but not what the readiness asks for; or it accepted the request and never answered. */
    public static final class WrongAnswer extends VmStartException {
        private static final long serialVersionUID = 1L;

        WrongAnswer(String message) {
            super(message, null);
        }
    }

    /** The thread was interrupted while it waited; its interrupt flag is set again. */
    public static final class Interrupted extends VmStartException {
        private static final long serialVersionUID = 1L;

        Interrupted(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}

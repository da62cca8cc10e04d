package dev.unikernel.junit;

import java.util.List;
import java.util.Map;

/** The VMs that can be injected at a time: before and after the tests those of a class, in a test its own as well. */
interface Vms {

    /**
     * By name, the farthest first. An own VM hides one of the same name of a class around it.
     *
     * @param owner the class that asks: a class around the test class sees what it declares itself
     */
    Map<String, DeclaredVm> visibleFrom(Class<?> owner);

    /** All that a test sees and that was started. */
    List<DeclaredVm> started();

    /** Says that a test failed: it may have been any of the VMs that it saw. */
    void testFailed();

    /** Whether {@code extension} is the one that injects; JUnit allows only one for each parameter. */
    boolean isResolvedBy(UnikernelVmExtension extension);
}

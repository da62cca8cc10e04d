package dev.unikernel.it;

import dev.unikernel.host.Host;

/** Says whether namespaces can be made here, and on a second line by which command. */
final class NamespacesMain {

    private NamespacesMain() {}

    public static void main(String... arguments) {
        Host host = Host.current();
        System.out.println(host.namespaces());
        if (host.namespaces().isAvailable()) {
            System.out.println(String.join(" ", host.unshare()));
        }
    }
}

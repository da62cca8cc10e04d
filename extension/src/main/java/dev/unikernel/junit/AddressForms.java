package dev.unikernel.junit;

import dev.unikernel.vm.Vm;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.List;

/** The types in which a VM's address can be injected. */
final class AddressForms {

    /** For messages. */
    static final String KNOWN = List.of(
                    "String",
                    "InetAddress",
                    "InetSocketAddress",
                    "URI",
                    "URL",
                    "okhttp3.HttpUrl",
                    "okhttp3.OkHttpClient")
            .toString();

    private AddressForms() {}

    /** The address of {@code vm} as a {@code type} that {@link #isKnown}. */
    static Object of(Vm vm, Class<?> type) {
        if (type == String.class) {
            return vm.address().getHostAddress();
        }
        if (type == InetAddress.class) {
            return vm.address();
        }
        if (type == InetSocketAddress.class) {
            return new InetSocketAddress(vm.address(), vm.port());
        }
        if (type == URI.class) {
            return vm.uri();
        }
        return type == URL.class ? url(vm.uri()) : OkHttpForms.url(vm.uri());
    }

    static boolean isKnown(Class<?> type) {
        return type == String.class
                || type == InetAddress.class
                || type == InetSocketAddress.class
                || type == URI.class
                || type == URL.class
                || OkHttpForms.isUrl(type);
    }

    private static URL url(URI uri) {
        try {
            return uri.toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("every http URI is a URL: " + uri, e);
        }
    }
}

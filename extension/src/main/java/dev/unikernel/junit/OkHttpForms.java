package dev.unikernel.junit;

import java.net.URI;
import okhttp3.HttpUrl;

/** What needs okhttp on the class path; touched only where a test class has it. Works with okhttp 4.12 and 5. */
final class OkHttpForms {

    private OkHttpForms() {}

    /** Whether a type is one of okhttp's that can be injected. */
    static boolean isOne(Class<?> type) {
        return isUrl(type) || isClient(type);
    }

    // By name: okhttp need not be on the class path, and then nobody can declare such a parameter.
    static boolean isUrl(Class<?> type) {
        return type.getName().equals("okhttp3.HttpUrl");
    }

    static boolean isClient(Class<?> type) {
        return type.getName().equals("okhttp3.OkHttpClient");
    }

    static HttpUrl url(URI uri) {
        return HttpUrl.get(uri);
    }
}

package dev.unikernel.junit;

import java.net.URI;
import okhttp3.HttpUrl;

/** What needs okhttp on the class path; touched only where a test class has it. Works with okhttp 4.12 and 5. */
final class OkHttpForms {

    private OkHttpForms() {}

    static HttpUrl url(URI uri) {
        return HttpUrl.get(uri);
    }
}

package dev.unikernel.junit;

import dev.unikernel.vm.Vm;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/** okhttp's client for one VM, with a log of its calls. Works with okhttp 4.12 and 5. */
@SuppressWarnings("deprecation") // see ClassVms
final class OkHttpCalls implements CallLog, Interceptor, CloseableResource, AutoCloseable {

    private static final int MOST = 200;

    private final Deque<String> lines = new ArrayDeque<>();
    private final OkHttpClient client =
            new OkHttpClient.Builder().addInterceptor(this).build();

    /** The client for {@code vm}: one for all who ask in the same class, or in the same test. */
    static OkHttpClient client(Vm vm, ExtensionContext context) {
        return ((OkHttpCalls) VmStore.calls(vm, context, OkHttpCalls::new)).client;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        long startedAt = System.nanoTime();
        String outcome = "nothing";
        try {
            Response response = chain.proceed(request);
            outcome = Integer.toString(response.code());
            return response;
        } catch (IOException e) {
            outcome = e.toString();
            throw e;
        } finally {
            note(request.method() + " " + request.url() + " -> " + outcome + " after "
                    + Duration.ofNanos(System.nanoTime() - startedAt).toMillis() + " ms");
        }
    }

    private void note(String call) {
        synchronized (lines) {
            if (lines.size() == MOST) {
                lines.removeFirst();
            }
            lines.add(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS) + " " + call);
        }
    }

    @Override
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}

package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unikernel.junit.VmAddress;
import dev.unikernel.vm.Vm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@WebServer
class ClassScopeIT {

    private static String bootId;

    @VmAddress
    static URI inStaticField;

    @VmAddress
    InetAddress inField;

    private final InetSocketAddress inConstructor;

    ClassScopeIT(@VmAddress InetSocketAddress address) {
        inConstructor = address;
    }

    @BeforeAll
    static void boots(Vm vm) {
        bootId = Guest.bootId(vm.uri());
        Guest.note(ClassScopeIT.class, vm);
    }

    @AfterAll
    static void isThereToTheEnd(@VmAddress URI uri) {
        assertEquals(bootId, Guest.bootId(uri));
    }

    @RepeatedTest(2)
    void servesAllTests(@VmAddress URI uri) {
        assertEquals(bootId, Guest.bootId(uri));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "headers"})
    void answersOkHttp(String path, @VmAddress HttpUrl url, @VmAddress OkHttpClient client) throws IOException {
        Request request = new Request.Builder().url(url.resolve(path)).build();
        try (Response response = client.newCall(request).execute()) {
            assertEquals(200, response.code());
        }
    }

    @Test
    void isInjectedEverywhereInEveryForm(Vm vm, @VmAddress String ip, @VmAddress URL url, @VmAddress URI uri) {
        assertEquals(ip, inField.getHostAddress());
        assertEquals(ip, inConstructor.getAddress().getHostAddress());
        assertEquals(vm.uri(), uri);
        assertEquals(uri, inStaticField);
        assertEquals(uri.toString(), url.toString());
        assertTrue(vm.isRunning());
    }

    @Nested
    class Inner {
        @Test
        void seesTheVmAroundIt(@VmAddress URI uri) {
            assertEquals(bootId, Guest.bootId(uri));
        }
    }

    @Nested
    @WebServer
    class InnerWithItsOwn {
        @Test
        void hasAnother(@VmAddress URI uri) {
            assertTrue(!bootId.equals(Guest.bootId(uri)));
        }
    }
}

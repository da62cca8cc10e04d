package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unikernel.junit.VmAddress;
import java.net.HttpURLConnection;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@WebServer
@ParameterizedClass
@ValueSource(strings = {"/", "/headers"})
class ParameterizedClassIT {

    private static String bootId;

    @Parameter
    String path;

    @VmAddress
    URI inField;

    @Test
    void meetsOneVmInAllInvocations(@VmAddress URI uri) throws Exception {
        HttpURLConnection connection =
                (HttpURLConnection) inField.resolve(path).toURL().openConnection();
        assertEquals(200, connection.getResponseCode());
        if (bootId == null) {
            bootId = Guest.bootId(uri);
        }
        assertEquals(bootId, Guest.bootId(uri));
    }
}

package com.example.modules;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** What the tests are of. */
public final class Client {

    private Client() {}

    static int status(URI server) throws IOException {
        return ((HttpURLConnection) server.toURL().openConnection()).getResponseCode();
    }
}

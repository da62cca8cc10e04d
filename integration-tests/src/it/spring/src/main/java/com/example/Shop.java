package com.example;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** A bean that needs its server when it is made, while it lives, and when it is taken away. */
@Component
public class Shop implements DisposableBean {

    private final URI server;
    private final String bootIdAtFirst;

    public Shop(@Value("${shop.server}") URI server) throws IOException {
        this.server = server;
        this.bootIdAtFirst = bootId();
    }

    public String bootIdAtFirst() {
        return bootIdAtFirst;
    }

    public String bootId() throws IOException {
        try (InputStream body = server.resolve("/boot-id").toURL().openStream()) {
            return new String(body.readAllBytes());
        }
    }

    @Override
    public void destroy() {
        String last;
        try {
            last = "its server answered";
            bootId();
        } catch (IOException e) {
            last = "its server was gone";
        }
        System.out.println("context closed: " + last);
    }
}

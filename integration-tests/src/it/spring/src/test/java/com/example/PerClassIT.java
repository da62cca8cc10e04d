package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unikernel.junit.VmAddress;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** The context is made with the instance, before all else: the VM's annotation must come first. */
@Server
@SpringJUnitConfig(Shop.class)
@DirtiesContext
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PerClassIT {

    @VmAddress
    static URI server;

    @Autowired
    Shop shop;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("shop.server", () -> server);
    }

    @Test
    void isServed() throws IOException {
        assertEquals(shop.bootIdAtFirst(), shop.bootId());
    }
}

package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.unikernel.junit.VmAddress;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** A VM for the class: @DirtiesContext makes Spring close the context with the class, before the VM. */
@Server
@SpringJUnitConfig(Shop.class)
@DirtiesContext
class OwnServerIT {

    @VmAddress
    static URI server;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("shop.server", () -> server);
    }

    @BeforeAll
    static void theContextIsMadeWithTheServer(@Autowired Shop shop) {
        assertNotNull(shop.bootIdAtFirst());
    }

    @Test
    void isServed(@Autowired Shop shop) throws IOException {
        assertEquals(shop.bootIdAtFirst(), shop.bootId());
    }
}

package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unikernel.junit.Scope;
import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/**
 * Spring keeps the context of one class for the next that wants an equal one, so the VM must live as long: in the scope of
 * the session.
 */
@UnikernelVm(
        kernel = "classpath:dev/unikernel/fixtures/fixture.elf",
        image = "classpath:dev/unikernel/fixtures/hello.img",
        scope = Scope.SESSION)
@SpringJUnitConfig(Shop.class)
abstract class SharedServer {

    private static Shop shopOfTheOtherClass;

    @VmAddress
    static URI server;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("shop.server", () -> server);
    }

    @Test
    void isServedInBothClasses(@Autowired Shop shop) throws IOException {
        assertEquals(shop.bootIdAtFirst(), shop.bootId());
        if (shopOfTheOtherClass != null) {
            assertEquals(shopOfTheOtherClass, shop);
        }
        shopOfTheOtherClass = shop;
    }
}

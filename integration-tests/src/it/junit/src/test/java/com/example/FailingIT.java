package com.example;

import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;

@WebServer
class FailingIT {

    @Test
    void failsOnPurpose() {
        fail("on purpose");
    }

    @Test
    void passes() {}
}

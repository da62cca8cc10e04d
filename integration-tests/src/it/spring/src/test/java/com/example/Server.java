package com.example;

import dev.unikernel.junit.UnikernelVm;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** The guest of these tests. */
@Retention(RetentionPolicy.RUNTIME)
@UnikernelVm(kernel = "classpath:dev/unikernel/fixtures/fixture.elf", image = "classpath:dev/unikernel/fixtures/hello.img")
@interface Server {}

package com.example;

import dev.unikernel.junit.UnikernelVm;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The project's own name for its guest. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@UnikernelVm(kernel = WebServer.KERNEL, image = WebServer.IMAGE)
@interface WebServer {

    String KERNEL = "classpath:dev/unikernel/fixtures/fixture.elf";

    String IMAGE = "classpath:dev/unikernel/fixtures/hello.img";
}

package dev.unikernel.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** A class that boots guests beside real DHCP servers; run by JVMs in network namespaces of their own. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("dhcp")
@ExtendWith(NeedsTheHypervisor.class)
@interface DhcpTest {}

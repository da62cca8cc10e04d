/**
 * Network namespaces that are ours alone, so that nothing in them can meet, or stay behind on, the machine's own network.
 *
 * <p>Start with {@link dev.unikernel.network.namespace.NamespaceWrapper}, the {@code java} that runs a whole test JVM in one.
 */
@NullMarked
package dev.unikernel.network.namespace;

import org.jspecify.annotations.NullMarked;

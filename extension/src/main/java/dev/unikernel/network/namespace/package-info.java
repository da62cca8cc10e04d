/**
 * Network namespaces that are ours alone, so that nothing in them can meet, or stay behind on, the machine's own network.
 *
 * <p>Start with {@link dev.unikernel.network.namespace.NamespaceWrapper}, the {@code java} that runs a whole test JVM in one, or with
 * {@link dev.unikernel.network.namespace.NamespaceNetwork}, whose guests are in those of a helper: a process that is told by {@link
 * dev.unikernel.network.namespace.Order} and tells by {@link dev.unikernel.network.namespace.Report}.
 */
@NullMarked
package dev.unikernel.network.namespace;

import org.jspecify.annotations.NullMarked;

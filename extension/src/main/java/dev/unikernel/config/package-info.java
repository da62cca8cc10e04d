/**
 * What a user has set, and how the values that users write are read.
 *
 * <p>Start with {@link dev.unikernel.config.Settings} (the settings of this machine), {@link
 * dev.unikernel.config.Keys} (all that can be set), {@link dev.unikernel.config.Placeholders} and {@link
 * dev.unikernel.config.TestPaths} (the strings of an annotation).
 */
@NullMarked
package dev.unikernel.config;

import org.jspecify.annotations.NullMarked;

/**
 * What a boot and its files look like for people.
 *
 * <p>Start with {@link dev.unikernel.report.TimelineChart}.
 */
@NullMarked
package dev.unikernel.report;

import org.jspecify.annotations.NullMarked;

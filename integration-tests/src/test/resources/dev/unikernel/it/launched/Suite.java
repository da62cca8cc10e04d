package dev.unikernel.it;

import org.junit.platform.runner.JUnitPlatform;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectClasses;
import org.junit.platform.suite.api.UseTechnicalNames;
import org.junit.runner.RunWith;

/** For Gradle before 4.6, whose workers know JUnit 4 alone. */
@RunWith(JUnitPlatform.class)
@SelectClasses({AsAPlainUser.class, AnnotatedClassIT.class, RegisteredExtensionIT.class})
@IncludeClassNamePatterns(".*")
@UseTechnicalNames
public class Suite {}

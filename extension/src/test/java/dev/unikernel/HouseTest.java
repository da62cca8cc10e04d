package dev.unikernel;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Nic;
import java.util.Arrays;
import org.jspecify.annotations.NullMarked;

/** Holds the house in order: which package may know which, and what no package does. */
@AnalyzeClasses(packages = "dev.unikernel", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {

    private static final String ROOT = "dev.unikernel.";

    private static final DescribedPredicate<JavaClass> COMMAND_LINE =
            resideInAPackage(ROOT + "vm").and(simpleName("Main"));

    /** Names files where the programs that read a test's output look for them. */
    private static final DescribedPredicate<JavaClass> ATTACHMENTS =
            resideInAPackage(ROOT + "report").and(simpleName("Attachments"));

    @ArchTest
    static final ArchRule junitKnowsVmReportAndConfig = mayKnow("junit", "vm", "report", "config");

    @ArchTest
    static final ArchRule reportKnowsVm = mayKnow("report", "vm");

    @ArchTest
    static final ArchRule vmKnowsWhatItPutsTogether = mayKnow("vm", "hypervisor", "network", "image", "host", "config");

    @ArchTest
    static final ArchRule hypervisorKnowsNetworkHostAndConfig = mayKnow("hypervisor", "network", "host", "config");

    @ArchTest
    static final ArchRule networkKnowsHostAndConfig = mayKnow("network", "host", "config");

    @ArchTest
    static final ArchRule imageKnowsHostAndConfig = mayKnow("image", "host", "config");

    @ArchTest
    static final ArchRule hostKnowsConfig = mayKnow("host", "config");

    @ArchTest
    static final ArchRule configKnowsNobody = mayKnow("config");

    @ArchTest
    static final ArchRule noPackageIsOutsideOfTheSlices = classes()
            .should()
            .resideInAnyPackage(packages("junit", "report", "vm", "hypervisor", "network", "image", "host", "config"));

    @ArchTest
    static final ArchRule hypervisorTakesOnlyValuesFromNetwork = noClasses()
            .that()
            .resideInAPackage(ROOT + "hypervisor..")
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + "network..")
                    .and(not(assignableTo(Nic.class)))
                    .and(not(assignableTo(MacAddress.class))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule slicesAreFreeOfCycles =
            slices().matching(ROOT + "(*)..").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule implementationsOfNetworksStayInside = staysInside("network");

    @ArchTest
    static final ArchRule implementationsOfHypervisorsStayInside = staysInside("hypervisor");

    @ArchTest
    static final ArchRule onlyJunitKnowsJunit = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "junit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.junit..", "org.opentest4j..", "org.apiguardian..")
            .allowEmptyShould(true);

    /** A program that is called by hand answers on its standard output. */
    @ArchTest
    static final ArchRule nobodyElsePrints =
            noClasses().that(not(COMMAND_LINE.or(ATTACHMENTS))).should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule exceptionsAreOurOwn = noClasses().should(THROW_GENERIC_EXCEPTIONS);

    @ArchTest
    static final ArchRule loggingIsTheSystemLoggers = noClasses()
            .should(USE_JAVA_UTIL_LOGGING)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("org.slf4j..", "org.apache.logging..");

    @ArchTest
    static final ArchRule nothingIsADrawerForEverything = noClasses()
            .should()
            .resideInAnyPackage("..util..", "..common..", "..helper..", "..manager..", "..impl..")
            .orShould()
            .haveNameMatching(".*(Utils?|Helper|Manager|Impl)");

    @ArchTest
    static final ArchRule eachPackageSaysWhatItIsAndKnowsNoNull = classes().should(resideInADescribedPackage());

    private static ArchRule mayKnow(String slice, String... others) {
        DescribedPredicate<JavaClass> ours = resideInAPackage("dev.unikernel..");
        DescribedPredicate<JavaClass> forbidden = ours.and(resideOutsideOfPackage(ROOT + slice + ".."));
        for (String other : others) {
            forbidden = forbidden.and(resideOutsideOfPackage(ROOT + other + ".."));
        }
        return noClasses()
                .that()
                .resideInAPackage(ROOT + slice + "..")
                .should()
                .dependOnClassesThat(forbidden)
                .as("'" + slice + "' may know only " + Arrays.toString(others))
                .allowEmptyShould(true);
    }

    /** But for the command line, which hands out one thing each without any object around it. */
    private static ArchRule staysInside(String slice) {
        return noClasses()
                .that(resideOutsideOfPackage(ROOT + slice + "..").and(not(COMMAND_LINE)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + slice + ".*..")
                .allowEmptyShould(true);
    }

    private static String[] packages(String... slices) {
        return Arrays.stream(slices).map(slice -> ROOT + slice + "..").toArray(String[]::new);
    }

    private static ArchCondition<JavaClass> resideInADescribedPackage() {
        return new ArchCondition<>("reside in a package with a package-info that is NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                JavaPackage room = type.getPackage();
                boolean described = room.tryGetPackageInfo()
                        .filter(info -> info.isAnnotatedWith(NullMarked.class))
                        .isPresent();
                events.add(new SimpleConditionEvent(
                        type, described, type.getName() + ": " + room.getName() + " has no such package-info"));
            }
        };
    }
}

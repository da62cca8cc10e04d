package dev.unikernel.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Which annotations count for a class: the nearest of each name, wherever it stands. */
class DeclarationsTest {

    /** Each as {@code name=kernel}. */
    private static String[] of(Class<?> type) {
        return Declarations.nearest(type, UnikernelVm::name).stream()
                .map(annotation -> annotation.name() + "=" + annotation.kernel())
                .toArray(String[]::new);
    }

    @UnikernelVm(name = "a", kernel = "base")
    static class One {}

    @UnikernelVm(name = "b", kernel = "sub")
    static class AddsToOne extends One {}

    @Test
    void aSingleOneOfASuperclassIsNotHiddenByASingleOneOfAnotherName() {
        assertThat(of(AddsToOne.class)).containsExactly("a=base", "b=sub");
    }

    @UnikernelVm(name = "a", kernel = "base")
    @UnikernelVm(name = "b", kernel = "base")
    static class Two {}

    @UnikernelVm(name = "b", kernel = "sub")
    static class ReplacesOneOfTwo extends Two {}

    @UnikernelVm(name = "b", kernel = "subsub")
    @UnikernelVm(name = "c", kernel = "subsub")
    static class ReplacesAndAdds extends ReplacesOneOfTwo {}

    @Test
    void theNearestOfANameReplacesTheOthersWhole() {
        assertThat(of(ReplacesOneOfTwo.class)).containsExactly("a=base", "b=sub");
        assertThat(of(ReplacesAndAdds.class)).containsExactly("a=base", "b=subsub", "c=subsub");
    }

    @UnikernelVm(name = "a", kernel = "interface")
    @UnikernelVm(name = "i", kernel = "interface")
    interface WithVms {}

    static class Implements extends One implements WithVms {}

    interface Sub extends WithVms {}

    static class ImplementsOnTwoWays implements Sub, WithVms {}

    @Test
    void interfacesCountAndSuperclassesAreNearerThanThey() {
        assertThat(of(Implements.class)).containsExactlyInAnyOrder("a=base", "i=interface");
        assertThat(of(ImplementsOnTwoWays.class)).containsExactly("a=interface", "i=interface");
    }

    @Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @UnikernelVm(name = "a", kernel = "meta")
    @interface Meta {}

    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @Meta
    @UnikernelVm(name = "m", kernel = "metameta")
    @interface MetaMeta {}

    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @UnikernelVm(name = "a", kernel = "other")
    @interface OtherMeta {}

    @MetaMeta
    static class ByMeta extends One {}

    @Meta
    @UnikernelVm(name = "a", kernel = "direct")
    static class MetaAndDirect {}

    @Meta
    @OtherMeta
    static class TwoMetas {}

    @Test
    void annotationsOfAnnotationsCountAndDirectOnesAreNearer() {
        assertThat(of(ByMeta.class)).containsExactly("a=meta", "m=metameta");
        assertThat(of(MetaAndDirect.class)).containsExactly("a=direct");
    }

    interface OtherWithVms extends Other {}

    @UnikernelVm(name = "a", kernel = "other")
    interface Other {}

    static class Torn implements WithVms, OtherWithVms {}

    @UnikernelVm(name = "a", kernel = "own")
    static class Decided implements WithVms, OtherWithVms {}

    @UnikernelVm(name = "a", kernel = "same")
    @UnikernelVm(name = "a", kernel = "same")
    static class Twins {}

    @Test
    void twoThatAreEquallyNearAreAnErrorThatNamesBothPlaces() {
        assertThatThrownBy(() -> of(Torn.class))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage(Torn.class.getName() + " declares two VMs of the name 'a' (on " + WithVms.class.getName()
                        + " and on " + Other.class.getName()
                        + ", neither of which is nearer). Next: give each its own with the attribute 'name'.");
        assertThatThrownBy(() -> of(TwoMetas.class)).hasMessageContaining("neither of which is nearer");
        assertThatThrownBy(() -> of(Twins.class))
                .hasMessage(Twins.class.getName()
                        + " declares two VMs of the name 'a'. Next: give each its own with the" + " attribute 'name'.");
    }

    @Test
    void anOwnOneDecidesBetweenThoseThatAreEquallyNear() {
        assertThat(of(Decided.class)).contains("a=own");
    }
}

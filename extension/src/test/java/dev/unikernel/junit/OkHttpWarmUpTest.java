package dev.unikernel.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;

class OkHttpWarmUpTest {

    @Test
    void oneRequestIsAnsweredOnTheLoopbackAddress() throws IOException {
        assertThat(OkHttpWarmUp.run()).isEqualTo(204);
    }

    @Test
    void isWorthwhileOnlyWhereAnAddressIsAskedForInItsForm() {
        assertThat(OkHttpWarmUp.isWorthwhileFor(ByParameter.class)).isTrue();
        assertThat(OkHttpWarmUp.isWorthwhileFor(ByConstructor.class)).isTrue();
        assertThat(OkHttpWarmUp.isWorthwhileFor(ByField.class)).isTrue();
        assertThat(OkHttpWarmUp.isWorthwhileFor(Otherwise.class)).isFalse();
    }

    static class ByParameter {
        void test(@VmAddress HttpUrl url) {}
    }

    static class ByConstructor {
        ByConstructor(@VmAddress HttpUrl url) {}
    }

    static class ByField {
        @VmAddress
        HttpUrl url;
    }

    static class Otherwise {
        @VmAddress
        URI uri;

        void test(HttpUrl somebodyElses) {}
    }
}

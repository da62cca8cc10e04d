package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellWordsTest {

    @Test
    void plainWordsStayAsTheyAre() {
        assertThat(ShellWords.join(List.of("/usr/bin/vmm", "--memory", "size=256M,shared=off", "a+b@c%d-e_f")))
                .isEqualTo("/usr/bin/vmm --memory size=256M,shared=off a+b@c%d-e_f");
    }

    @Test
    void shellReadsBackTheWordsThatWereJoined() throws Exception {
        List<String> words = List.of("it's", "two words", "", "$HOME", "a\"b", "*", "back\\slash", "plain");

        Process shell = new ProcessBuilder("sh", "-c", "printf '%s\\n' " + ShellWords.join(words)).start();

        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n", -1))
                .startsWith(words.toArray(String[]::new))
                .hasSize(words.size() + 1);
    }
}

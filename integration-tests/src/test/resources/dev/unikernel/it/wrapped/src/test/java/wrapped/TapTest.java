package wrapped;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TapTest {

    @Test
    void makesATap() throws Exception {
        assertEquals("uktest", shell("ip tuntap add dev uktest mode tap && ip -o link show uktest | grep -ow uktest"));
        assertEquals("1", System.getenv("UNIKERNEL_NAMESPACE"));
    }

    @Test
    void lingersIfAsked() throws Exception {
        if (Boolean.getBoolean("linger")) {
            new ProcessBuilder("sleep", "120").start();
            System.out.println("lingering");
            Thread.sleep(120_000);
        }
    }

    private static String shell(String command) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
        String output = new String(shell.getInputStream().readAllBytes()).trim();
        assertEquals(0, shell.waitFor(), output);
        return output;
    }
}

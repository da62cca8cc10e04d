package dev.unikernel.network.dhcp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What might arrive at port 67: noise, captures of real clients with damages, and messages that are nearly or quite right. */
final class RandomDatagrams {

    private static final int LONGEST = 1_600;

    private final Random random;
    private final List<byte[]> captures =
            Captures.NAMES.stream().map(Captures::bytes).toList();

    RandomDatagrams(long seed) {
        random = new Random(seed);
    }

    /** The next one, for the guest of {@code binding}, or nearly. */
    byte[] next(Binding binding) {
        int kind = random.nextInt(20);
        if (kind == 0) {
            return noise();
        }
        byte[] datagram = kind < 6 ? capture(binding) : composed(binding);
        return random.nextInt(3) == 0 ? damaged(datagram) : datagram;
    }

    private byte[] noise() {
        byte[] bytes = new byte[random.nextInt(LONGEST)];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] capture(Binding binding) {
        byte[] bytes = captures.get(random.nextInt(captures.size())).clone();
        mac(ByteBuffer.wrap(bytes), binding);
        return bytes;
    }

    private byte[] damaged(byte[] datagram) {
        byte[] bytes =
                random.nextInt(4) == 0 ? Arrays.copyOf(datagram, random.nextInt(datagram.length + 64)) : datagram;
        for (int changes = random.nextInt(8); changes >= 0 && bytes.length > 0; changes--) {
            int place = random.nextInt(4) == 0 || bytes.length <= 240
                    ? random.nextInt(bytes.length)
                    : 240 + random.nextInt(bytes.length - 240);
            bytes[place] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private byte[] composed(Binding binding) {
        ByteBuffer message = ByteBuffer.allocate(16_000);
        message.put(0, (byte) (random.nextInt(16) == 0 ? 2 : 1))
                .put(1, (byte) 1)
                .put(2, (byte) 6);
        message.put(3, (byte) random.nextInt(3)).putInt(4, random.nextInt());
        message.putShort(8, (short) random.nextInt()).putShort(10, (short) (random.nextBoolean() ? 0x8000 : 0));
        message.putInt(12, random.nextBoolean() ? 0 : address(binding));
        message.putInt(16, random.nextInt(8) == 0 ? address(binding) : 0);
        message.putInt(20, random.nextInt(8) == 0 ? address(binding) : 0);
        message.putInt(24, random.nextInt(4) == 0 ? address(binding) : 0);
        mac(message, binding);
        message.putInt(236, 0x63825363).position(240);
        int overload = random.nextInt(6) == 0 ? random.nextInt(5) : -1;
        if (overload >= 0) {
            message.put(new byte[] {52, 1, (byte) overload});
            field(message, 108, 128, binding);
            field(message, 44, 64, binding);
        }
        option(message, 53, new byte[] {(byte) type()});
        for (int count = random.nextInt(7); count > 0; count--) {
            option(message, code(), binding);
        }
        if (random.nextInt(10) != 0) {
            message.put((byte) 255);
        }
        return Arrays.copyOf(message.array(), Math.max(message.position(), random.nextInt(340)));
    }

    private int type() {
        return random.nextInt(4) == 0
                ? random.nextInt(10)
                : List.of(1, 3, 3, 8, 4, 7).get(random.nextInt(6));
    }

    private int code() {
        List<Integer> usual = List.of(50, 54, 55, 57, 61, 82, 51, 12, 60, 3);
        return random.nextInt(8) == 0 ? random.nextInt(256) : usual.get(random.nextInt(usual.size()));
    }

    /** Whole options in a field of {@code length} bytes, and now and then one that runs over its end. */
    private void field(ByteBuffer message, int offset, int length, Binding binding) {
        ByteBuffer field = ByteBuffer.allocate(16_000);
        for (int count = random.nextInt(3); count > 0; count--) {
            option(field, code(), binding);
        }
        field.put((byte) 255);
        boolean fits = field.position() <= length || random.nextInt(8) == 0;
        message.put(offset, field.array(), 0, fits ? Math.min(length, field.position()) : 0);
    }

    private void option(ByteBuffer to, int code, Binding binding) {
        switch (code) {
            case 50 -> option(to, code, bytes(address(binding)));
            case 54 ->
                option(
                        to,
                        code,
                        bytes(
                                random.nextInt(4) == 0
                                        ? address(binding)
                                        : ByteBuffer.wrap(binding.server().getAddress())
                                                .getInt()));
            case 51, 58, 59 -> option(to, code, bytes(random.nextInt()));
            case 57 -> option(to, code, new byte[] {(byte) random.nextInt(8), (byte) random.nextInt()});
            case 55 -> option(to, code, list());
            default -> option(to, code, value());
        }
    }

    /** In one piece, or in several as RFC 3396 has it. */
    private void option(ByteBuffer to, int code, byte[] value) {
        int from = 0;
        do {
            int most = Math.min(255, value.length - from);
            int piece = random.nextInt(6) == 0 ? random.nextInt(most + 1) : most;
            to.put((byte) code).put((byte) piece).put(value, from, piece);
            from += piece;
        } while (from < value.length);
    }

    private byte[] list() {
        byte[] list = new byte[random.nextInt(12)];
        for (int index = 0; index < list.length; index++) {
            list[index] = (byte)
                    (random.nextInt(3) == 0
                            ? random.nextInt(256)
                            : List.of(1, 3, 28, 6).get(random.nextInt(4)));
        }
        return list;
    }

    private byte[] value() {
        int most = List.of(8, 8, 8, 64, 300, 900).get(random.nextInt(6));
        byte[] value = new byte[random.nextInt(most)];
        random.nextBytes(value);
        return value;
    }

    private int address(Binding binding) {
        int guest = ByteBuffer.wrap(binding.address().getAddress()).getInt();
        int server = ByteBuffer.wrap(binding.server().getAddress()).getInt();
        int base = ByteBuffer.wrap(binding.subnet().base().getAddress()).getInt();
        int broadcast =
                ByteBuffer.wrap(binding.subnet().broadcast().getAddress()).getInt();
        return switch (random.nextInt(12)) {
            case 0 -> server;
            case 1 -> base;
            case 2 -> broadcast;
            case 3 -> -1;
            case 4 -> 0;
            case 5 -> random.nextInt();
            case 6 -> base + 9;
            default -> guest;
        };
    }

    private void mac(ByteBuffer message, Binding binding) {
        byte[] mac = binding.mac().toBytes();
        if (random.nextInt(16) == 0) {
            mac[5]++;
        }
        message.put(28, mac);
        if (random.nextInt(8) == 0) {
            message.put(34 + random.nextInt(10), (byte) random.nextInt());
        }
    }

    private static byte[] bytes(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }
}

package io.smsbridge;

import java.nio.file.Path;

final class SendTest {
    static int run(Path home, String[] args) throws Exception {
        return 0;
    }
}

package io.smsbridge.console;

/** What an operator can stop, let go on, and have tried before its time: an account, or a downstream. */
interface Pausable {

    String getState();

    void pause();

    void resume();

    void probeNow();
}

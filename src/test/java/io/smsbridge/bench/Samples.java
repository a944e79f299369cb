package io.smsbridge.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a process spends its time, as Java's flight recorder samples it. A small share is known more closely so than as the difference of
 * two loads, which on a shared machine varies by a sixth.
 */
final class Samples {

    /** For Java; the recording is written when the process ends. */
    static String option(Path recording) {
        return "-XX:StartFlightRecording:settings=profile,dumponexit=true,filename=" + recording;
    }

    private final List<RecordedEvent> all;

    Samples(Path recording) throws IOException {
        all = RecordingFile.readAllEvents(recording).stream()
                .filter(event -> event.getEventType().getName().equals("jdk.ExecutionSample") && event.getStackTrace() != null).toList();
    }

    /** The part of the time in Java code, native code left out, that is spent in classes whose names begin so, or in what they call. */
    double share(String classes, Instant from, Instant until) {
        List<RecordedEvent> during = all.stream().filter(event -> event.getStartTime().isAfter(from) && event.getStartTime().isBefore(until)).toList();
        return (double) during.stream().filter(event -> event.getStackTrace().getFrames().stream()
                .anyMatch(frame -> frame.getMethod().getType().getName().startsWith(classes))).count() / during.size();
    }
}

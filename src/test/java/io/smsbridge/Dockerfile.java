package io.smsbridge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.type.TypeReference;

/** The steps of a Dockerfile, as far as ours uses its language. */
final class Dockerfile {

    /** An instruction, and what follows it with its lines joined. */
    record Step(String instruction, String text) {
    }

    private Dockerfile() {
    }

    static List<Step> read(Path file) throws IOException {
        List<Step> steps = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String read : Files.readAllLines(file)) {
            if (read.isBlank() || read.startsWith("#")) {
                continue;
            }
            boolean goesOn = read.endsWith("\\");
            line.append(goesOn ? read.substring(0, read.length() - 1) : read);
            if (!goesOn) {
                String[] words = line.toString().split(" ", 2);
                steps.add(new Step(words[0], words[1].strip()));
                line.setLength(0);
            }
        }
        return steps;
    }

    /** What follows the last instruction of this name: that of the image itself. */
    static String value(Path file, String instruction) throws IOException {
        return read(file).stream().filter(step -> step.instruction().equals(instruction)).reduce((first, last) -> last).orElseThrow().text();
    }

    /** The command of an instruction in JSON's form, which may have options before it. */
    static List<String> words(Path file, String instruction) throws IOException {
        String text = value(file, instruction);
        return TestBridge.JSON.readValue(text.substring(text.indexOf('[')), new TypeReference<List<String>>() { });
    }
}

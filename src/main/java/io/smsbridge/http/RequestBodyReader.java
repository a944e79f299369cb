package io.smsbridge.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

import io.netty.handler.codec.http.HttpUtil;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.impl.RoutingContextInternal;

/**
 * Reads a request's body before any route does. What stands behind it gets the body uncompressed and in UTF-8, with headers that say so,
 * and needs to know nothing of how it came; what can't be read like that is refused, and nothing of it is stored.
 */
final class RequestBodyReader implements Handler<RoutingContext> {

    private static final String FORM = "application/x-www-form-urlencoded";

    private final long maxSize;

    /** @param maxSize most bytes of a body, as it comes and uncompressed */
    RequestBodyReader(long maxSize) {
        this.maxSize = maxSize;
    }

    @Override
    public void handle(RoutingContext call) {
        HttpServerRequest request = call.request();
        String type = request.headers().get(HttpHeaders.CONTENT_TYPE);
        String coding = coding(request.headers());
        Charset charset = charset(type);
        fields(request.query() == null ? "" : request.query(), StandardCharsets.UTF_8, "the query string");
        if (!hasBody(request)) {
            call.next();
        } else if (type != null && type.regionMatches(true, 0, "multipart/", 0, 10)) {
            if (!coding.isEmpty()) {
                throw new HttpException(415, "a multipart form is not read compressed; send it without Content-Encoding");
            }
            // In parts, each with a charset of its own: Vert.x reads it.
            call.next();
        } else {
            read(call, coding, charset, type != null && type.regionMatches(true, 0, FORM, 0, FORM.length()));
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.CONTENT_LENGTH) || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                || request.version() == HttpVersion.HTTP_2;
    }

    /** How the body is compressed; empty: not at all. */
    private static String coding(MultiMap headers) {
        String coding = String.join(",", headers.getAll(HttpHeaders.CONTENT_ENCODING)).strip().toLowerCase(Locale.ROOT);
        return switch (coding) {
            case "", "identity" -> "";
            case "gzip", "x-gzip" -> "gzip";
            case "deflate" -> coding;
            default -> throw new HttpException(415, "Content-Encoding: " + coding + " is not known; send gzip, deflate, or none");
        };
    }

    /** The charset that the Content-Type names; UTF-8 where it names none. */
    private static Charset charset(String type) {
        CharSequence named = type == null ? null : HttpUtil.getCharsetAsSequence(type);
        String name = named == null ? "UTF-8" : named.toString().replaceAll("[\\s\"]", "");
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new HttpException(415, "charset=" + name + " in the Content-Type is not known; send UTF-8");
        }
    }

    private void read(RoutingContext call, String coding, Charset charset, boolean form) {
        HttpServerRequest request = call.request();
        Buffer body = Buffer.buffer();
        request.exceptionHandler(lost -> call.fail(400, lost));
        request.handler(part -> {
            if (body.length() + (long) part.length() <= maxSize) {
                body.appendBuffer(part);
            } else if (!call.failed()) {
                // Read on, and dropped: a caller that is still writing would not see the answer.
                call.fail(413);
            }
        });
        request.endHandler(end -> {
            if (call.failed()) {
                return;
            }
            if (coding.isEmpty() && charset.equals(StandardCharsets.UTF_8)) {
                hand(call, body, charset, form);
            } else {
                call.vertx().executeBlocking(() -> plain(body, coding, form ? StandardCharsets.UTF_8 : charset), false)
                        .onSuccess(plain -> hand(call, plain, charset, form)).onFailure(call::fail);
            }
        });
        String expected = request.getHeader(HttpHeaders.EXPECT);
        if (length(request) > maxSize) {
            call.fail(413);
        } else if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
            call.fail(new HttpException(417, "Expect: " + expected + " is not known; send 100-continue, or none"));
        } else if (expected != null && request.version() != HttpVersion.HTTP_1_0) {
            call.response().writeContinue();
        }
        request.resume();
    }

    private static long length(HttpServerRequest request) {
        try {
            return Long.parseLong(request.getHeader(HttpHeaders.CONTENT_LENGTH));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private Buffer plain(Buffer body, String coding, Charset charset) {
        byte[] bytes = coding.isEmpty() ? body.getBytes() : unpacked(body.getBytes(), coding);
        return charset.equals(StandardCharsets.UTF_8) ? Buffer.buffer(bytes)
                : Buffer.buffer(text(bytes, charset).getBytes(StandardCharsets.UTF_8));
    }

    private byte[] unpacked(byte[] packed, String coding) {
        try (InputStream in = coding.equals("gzip") ? new GZIPInputStream(new ByteArrayInputStream(packed)) : inflating(packed)) {
            // No more is unpacked than one byte above the limit, however much a small body would become.
            byte[] bytes = in.readNBytes((int) Math.min(maxSize + 1, Integer.MAX_VALUE - 8));
            if (bytes.length > maxSize) {
                throw new HttpException(413, "the body, uncompressed, is larger than http.maxBodySize, " + maxSize + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw new HttpException(400, "the body can't be read as Content-Encoding: " + coding + (e.getMessage() == null ? "" : ": " + e.getMessage()));
        }
    }

    /** With zlib's header, as the standard says, or without it, as many send it. */
    private static InputStream inflating(byte[] packed) {
        boolean zlib = packed.length > 1 && (packed[0] & 0x0f) == 8 && ((packed[0] & 0xff) << 8 | packed[1] & 0xff) % 31 == 0;
        return new InflaterInputStream(new ByteArrayInputStream(packed), new Inflater(!zlib));
    }

    /** Hands the body to the routes, as if it had come in UTF-8 and uncompressed. */
    private static void hand(RoutingContext call, Buffer body, Charset charset, boolean form) {
        MultiMap headers = call.request().headers();
        String type = headers.get(HttpHeaders.CONTENT_TYPE);
        if (type != null && HttpUtil.getCharsetAsSequence(type) != null) {
            headers.set(HttpHeaders.CONTENT_TYPE, HttpUtil.getMimeType(type));
        }
        headers.remove(HttpHeaders.CONTENT_ENCODING);
        headers.set(HttpHeaders.CONTENT_LENGTH, String.valueOf(body.length()));
        if (form) {
            try {
                fields(body.toString(StandardCharsets.ISO_8859_1), charset, "the form")
                        .forEach((name, values) -> call.request().formAttributes().add(name, values));
            } catch (HttpException e) {
                call.fail(e);
                return;
            }
        }
        RoutingContextInternal context = (RoutingContextInternal) call;
        context.setBody(body);
        // The body handler of each route has nothing left to read.
        context.visitHandler(RoutingContextInternal.BODY_HANDLER);
        call.next();
    }

    /** As {@link QueryString#fields}; what can't be read is refused. */
    private static Map<String, List<String>> fields(String encoded, Charset charset, String what) {
        try {
            return QueryString.fields(encoded, charset);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, what + " can't be read: " + e.getMessage());
        }
    }

    private static String text(byte[] bytes, Charset charset) {
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new HttpException(400, "the body is not in " + charset.name() + ", which its Content-Type names");
        }
    }
}

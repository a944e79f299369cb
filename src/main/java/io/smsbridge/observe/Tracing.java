package io.smsbridge.observe;

import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.smsbridge.settings.WebUrl;
import io.smsbridge.text.PhoneMask;
import org.apache.camel.CamelContext;
import org.apache.camel.opentelemetry2.OpenTelemetryTracer;

/**
 * Traces, where tracing.url asks for them: a span for each route and each call. Camel puts the trace's context on a message right
 * before it goes over HTTP, and takes it from there when it comes, so that a route's own clearing of headers does not part a trace. In
 * the outbox it is kept as the request's id.
 */
public final class Tracing {

    /** Requests' paths and endpoints' options hold ids, tokens and numbers; what an endpoint is called is in url.path. */
    private static final Set<String> LEFT_OUT = Set.of("http.url", "camel.uri", "url.query");

    private Tracing() {
    }

    /** @return what ends it, with what has not been exported yet */
    public static Runnable start(CamelContext context, WebUrl url) {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault().merge(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), context.getName()))))
                .addSpanProcessor(BatchSpanProcessor.builder(new Masking(OtlpHttpSpanExporter.builder().setEndpoint(url.server() + url.target()).build())).build()).build();
        context.getRegistry().bind("tracer", Tracer.class, provider.get("infobip-sms-bridge"));
        context.getRegistry().bind("tracePropagators", ContextPropagators.class, ContextPropagators.create(W3CTraceContextPropagator.getInstance()));
        OpenTelemetryTracer tracer = new OpenTelemetryTracer();
        tracer.setCamelContext(context);
        // Of the bridge's own inner steps nobody needs a span.
        tracer.setExcludePatterns("direct:*,map:*,bean:*,timer:*");
        tracer.init(context);
        return provider::close;
    }

    /** Lets no number and no secret out. */
    private record Masking(SpanExporter exporter) implements SpanExporter {


        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return exporter.export(spans.stream().map(Masking::masked).toList());
        }

        private static SpanData masked(SpanData span) {
            Attributes attributes = masked(span.getAttributes());
            List<EventData> events = span.getEvents().stream().map(event ->
                    EventData.create(event.getEpochNanos(), event.getName(), masked(event.getAttributes()))).toList();
            return new DelegatingSpanData(span) {
                @Override
                public Attributes getAttributes() {
                    return attributes;
                }

                @Override
                public List<EventData> getEvents() {
                    return events;
                }
            };
        }

        private static Attributes masked(Attributes attributes) {
            AttributesBuilder kept = Attributes.builder();
            attributes.forEach((key, value) -> {
                if (value instanceof String text && !LEFT_OUT.contains(key.getKey())) {
                    kept.put(key.getKey(), PhoneMask.masked(text));
                }
            });
            return kept.build();
        }

        @Override
        public CompletableResultCode flush() {
            return exporter.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return exporter.shutdown();
        }
    }
}

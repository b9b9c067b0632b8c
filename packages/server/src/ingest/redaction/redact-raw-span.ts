import type { RawSpan } from '@throughline/spans';
import type { SpanSink } from '../../otlp/traces/span-sink.ts';
import type { AttributeRedactor } from './redact-attributes.ts';

/** Redacts all texts of a span except its ids and trace state. Returns the same span if nothing is found. */
export function redactRawSpan(redactor: AttributeRedactor, span: RawSpan): RawSpan {
  return {
    ...span,
    name: redactor.text(span.name),
    statusMessage: redactor.text(span.statusMessage),
    attributes: redactor.attributes(span.attributes),
    events: span.events.map((event) => ({
      ...event,
      name: redactor.text(event.name),
      attributes: redactor.attributes(event.attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: redactor.attributes(link.attributes) })),
    resource: redactor.resource(span.resource),
    scope: redactor.scope(span.scope),
  };
}

/** Passes on redacted spans. */
export function redactedSpans(redactor: AttributeRedactor, sink: SpanSink): SpanSink {
  return {
    span: (raw) => sink.span(redactRawSpan(redactor, raw)),
    reject: (rejected, resource) => sink.reject(rejected, resource && redactor.resource(resource)),
  };
}

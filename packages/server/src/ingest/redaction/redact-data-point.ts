import type { Attributes, AttributeValue } from '@throughline/spans';
import type { MetricSink } from '../../otlp/metrics/metric-sink.ts';
import type { AttributeRedactor } from './redact-attributes.ts';

/** Passes on data points with redacted texts, including the attributes of exemplars. Numbers are unchanged. */
export function redactedPoints(redactor: AttributeRedactor, sink: MetricSink): MetricSink {
  return {
    dataPoint: (metric, point) =>
      sink.dataPoint(
        {
          ...metric,
          name: redactor.text(metric.name),
          unit: redactor.text(metric.unit),
          description: redactor.text(metric.description),
          metadata: redactor.attributes(metric.metadata),
          resource: redactor.resource(metric.resource),
          scope: redactor.scope(metric.scope),
        },
        {
          ...point,
          attributes: redactor.attributes(point.attributes),
          rest: redactExemplars(redactor, point.rest),
        },
      ),
    reject: (rejected, resource) => sink.reject(rejected, resource && redactor.resource(resource)),
  };
}

function redactExemplars(redactor: AttributeRedactor, rest: Attributes): Attributes {
  const exemplars = rest.get('exemplars');
  if (!Array.isArray(exemplars)) return rest;
  const redacted = exemplars.map((exemplar: AttributeValue) => {
    if (!(exemplar instanceof Map)) return exemplar;
    const filtered = exemplar.get('filteredAttributes');
    if (!(filtered instanceof Map)) return exemplar;
    return new Map(exemplar).set('filteredAttributes', redactor.attributes(filtered));
  });
  return new Map(rest).set('exemplars', redacted);
}

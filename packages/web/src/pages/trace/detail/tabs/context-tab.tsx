import { Link } from '@tanstack/react-router';
import { formatCount } from '@throughline/spans';
import type { SpanDetail } from '../../../../api/types.ts';
import { countOf } from '../../../../format/numbers.ts';
import { AttributesTable } from '../attributes-table.tsx';
import { type Fact, Facts } from '../facts.tsx';
import { Section } from '../section.tsx';

/** The identity of a span, its resource and scope, and its links to other spans. */
export function ContextTab({ span }: { span: SpanDetail }) {
  return (
    <>
      <Section title="Span">
        <Facts
          mono
          rows={[
            ['Trace', span.traceId],
            ['Span', span.spanId],
            ['Parent', span.parentSpanId],
            ['Started', span.startTime],
            ['Ended', span.endTime],
            ['OpenTelemetry kind', span.otelKind],
            [
              'OpenTelemetry status',
              [span.otelStatus.code, span.otelStatus.message].filter(Boolean).join(': '),
            ],
            ['Operation', span.operation, 'operation'],
            ['Requested model', span.requestModel],
            ['Response id', span.responseId],
            ['User', span.userId, 'user'],
            ['Session', span.sessionId, 'session'],
            ['Feature', span.feature, 'feature'],
            ['Environment', span.environment, 'env'],
            ['Release', span.release, 'release'],
            ['Workflow', span.workflowName, 'workflow'],
            ...span.tags.map((tag): Fact => ['Tag', tag, 'tag']),
            ['Trace state', span.traceState],
            ['Flags', span.flags === 0 ? null : `0x${span.flags.toString(16)}`],
          ]}
        />
      </Section>
      <Section title="Resource">
        <AttributesTable
          attributes={span.resource.attributes}
          dropped={span.resource.droppedAttributesCount}
          filters="resource"
        />
      </Section>
      <Section title="Scope">
        <Facts
          mono
          rows={[
            ['Name', span.scope.name],
            ['Version', span.scope.version],
            ['Schema', span.scope.schemaUrl],
          ]}
        />
        {Object.keys(span.scope.attributes).length > 0 && (
          <AttributesTable attributes={span.scope.attributes} dropped={span.scope.droppedAttributesCount} />
        )}
      </Section>
      {(span.links.length > 0 || span.droppedLinksCount > 0) && (
        <Section title={`Links (${formatCount(span.links.length + span.droppedLinksCount)})`}>
          <ul>
            {span.links.map((link) => (
              <li key={`${link.traceId}${link.spanId}`} className="border-t border-line py-1.5">
                <Link
                  to="/t/$traceId"
                  params={{ traceId: link.traceId }}
                  search={{ span: link.spanId }}
                  className="link font-mono text-small wrap-anywhere"
                >
                  {link.traceId} · {link.spanId}
                </Link>
                {Object.keys(link.attributes).length > 0 && (
                  <AttributesTable attributes={link.attributes} dropped={link.droppedAttributesCount} />
                )}
              </li>
            ))}
          </ul>
          {span.droppedLinksCount > 0 && (
            <p className="text-small text-warning">
              {countOf(span.droppedLinksCount, 'link')} dropped by the client before sending.
            </p>
          )}
        </Section>
      )}
    </>
  );
}

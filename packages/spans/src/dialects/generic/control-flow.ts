import type { RawSpan, StatusCode } from '../../model/raw-span.ts';

/** Exceptions with which LangGraph pauses or routes a graph. They are not failures. */
const CONTROL_FLOW = /(?:^|\.)(?:GraphInterrupt|NodeInterrupt|ParentCommand|GraphBubbleUp|GraphDrained)\b/;
const HEAD = 200;

/** Whether the type of an exception is one of these. */
export function isControlFlow(type: unknown): boolean {
  return typeof type === 'string' && CONTROL_FLOW.test(type.slice(-HEAD));
}

/** Returns `unset` if a span ended only because of such an exception. The status message starts with its name. */
export function controlFlowStatus(span: RawSpan): StatusCode | undefined {
  if (span.statusCode !== 'error') return undefined;
  const exceptions = span.events.filter(({ name }) => name === 'exception');
  const only =
    exceptions.length === 0
      ? CONTROL_FLOW.test(span.statusMessage.slice(0, HEAD)) ||
        isControlFlow(span.attributes.get('error.type'))
      : exceptions.every(({ attributes }) => isControlFlow(attributes.get('exception.type')));
  return only ? 'unset' : undefined;
}

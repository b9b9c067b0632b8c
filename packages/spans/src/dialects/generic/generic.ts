import { converted, either, resourceText, tags, text } from '../../attributes/attribute-readers.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import type { Dialect } from '../dialect.ts';
import { documents } from '../otel-genai/otel-genai-content.ts';
import { controlFlowStatus, isControlFlow } from './control-flow.ts';
import { documentMarksOf } from './document-marks.ts';
import { failure } from './exceptions.ts';

/** Input documents of a reranker, in the format of `gen_ai.retrieval.documents`. The conventions have no attribute. */
const RERANKED = documents('throughline.reranker.input_documents');

/*
 * OpenTelemetry's general conventions, which all instrumentations share, and Throughline's own attributes.
 * Source: open-telemetry/semantic-conventions (service, deployment, user, session, error).
 */
export const generic: Dialect = {
  name: 'generic',
  title: 'General attributes',
  describes:
    "OpenTelemetry's conventions for services, users, sessions and errors, and Throughline's own attributes",
  identifiers: {
    keys: ['throughline.project'],
  },
  status: controlFlowStatus,

  facts: {
    service: either(resourceText('service.name'), text('service.name')),
    environment: either(
      text('deployment.environment.name', 'deployment.environment'),
      resourceText('deployment.environment.name', 'deployment.environment'),
    ),
    release: either(resourceText('service.version'), text('service.version')),
    feature: either(text('throughline.feature', 'feature'), resourceText('throughline.feature')),
    userId: text('throughline.user.id', 'user.id', 'enduser.id'),
    sessionId: text('throughline.session.id', 'session.id'),
    tags: tags('throughline.tags', 'tag.tags'),
    errorType: either(
      converted(text('error.type'), (type) => (isControlFlow(type) ? undefined : type)),
      exceptionType,
    ),
    inputDocumentCount: converted(RERANKED, (found) => found.length),
  },
  content: { inputDocuments: RERANKED, usedDocuments: ({ attributes }) => documentMarksOf(attributes) },
  inputText: { keys: ['throughline.reranker.input_documents'] },
};

function exceptionType(span: RawSpan): string | undefined {
  const type = failure(span)?.attributes.get('exception.type');
  return typeof type === 'string' && type !== '' ? type : undefined;
}

import type { RawResource, RawScope } from '@throughline/spans';
import type { GivenScore } from '../../ingest/accept-scores.ts';
import type { PatchRequest } from '../../ingest/patches/accept-patches.ts';
import type { SpanPatch } from '../../ingest/patches/span-patch.ts';
import { DEFAULT_PROJECT } from '../../project/project-name.ts';
import { describe, type Fields, field, InvalidItem, isFields, textField } from '../sdk-http/field-readers.ts';
import type { SdkParts } from '../sdk-http/sdk-endpoint.ts';
import { readEvent } from './ingestion-event.ts';
import { scoreOfEvent } from './score-of-event.ts';
import { type BatchSource, patchOfObservation, patchOfTrace, traceEndOf } from './span-of-event.ts';

/** The response to a batch. Its status is 207. */
export interface BatchAnswer {
  readonly successes: readonly { readonly id: string; readonly status: 201 }[];
  readonly errors: readonly {
    readonly id: string;
    readonly status: 400;
    readonly message: string;
    readonly error: string;
  }[];
}

/** Reads each event by itself, stores the valid ones, and reports the others. */
export async function acceptBatch(
  parts: Pick<SdkParts, 'acceptPatches' | 'acceptScores'>,
  batch: readonly unknown[],
  source: BatchSource,
  request: PatchRequest,
): Promise<BatchAnswer> {
  const patches: SpanPatch[] = [];
  const ends = new Map<string, SpanPatch>();
  const scores: GivenScore[] = [];
  const successes: { id: string; status: 201 }[] = [];
  const errors: { id: string; status: 400; message: string; error: string }[] = [];
  for (const event of batch) {
    const id = (isFields(event) && textField(event, 'id')) || '';
    try {
      if (!isFields(event)) throw new InvalidItem(`the event is ${describe(event)}, expected an object`);
      addEvent(event);
      successes.push({ id, status: 201 });
    } catch (error) {
      if (!(error instanceof InvalidItem)) throw error;
      errors.push({ id, status: 400, message: 'Invalid request data', error: error.message });
    }
  }
  await Promise.all([
    patches.length > 0 && parts.acceptPatches([...patches, ...ends.values()], request),
    scores.length > 0 && parts.acceptScores(source.project, scores),
  ]);
  return { successes, errors };

  function addEvent(fields: Fields): void {
    const event = readEvent(fields);
    if (event.kind === 'trace') patches.push(patchOfTrace(event, source));
    else if (event.kind === 'score') scores.push(scoreOfEvent(event));
    else if (event.kind === 'observation') {
      const patch = patchOfObservation(event, source);
      patches.push(patch);
      const end = traceEndOf(patch);
      const known = ends.get(patch.traceId)?.endsAfterUnixNano ?? 0n;
      if (end && (end.endsAfterUnixNano ?? 0n) > known) ends.set(patch.traceId, end);
    }
  }
}

/** The source of all events of a batch, from its metadata. */
export function sourceOf(metadata: Fields, project: string | undefined): BatchSource {
  const sdk = textField(metadata, 'sdk_name') ?? '';
  const version = textField(metadata, 'sdk_version') ?? '';
  const attributes = new Map<string, string>();
  if (project !== undefined) attributes.set('throughline.project', project);
  attributes.set('telemetry.sdk.name', 'langfuse');
  if (sdk !== '') attributes.set('telemetry.sdk.language', sdk === 'langfuse-js' ? 'javascript' : sdk);
  if (version !== '') attributes.set('telemetry.sdk.version', version);
  const resource: RawResource = { attributes, droppedAttributesCount: 0, schemaUrl: '' };
  const scope: RawScope = { ...resource, name: 'langfuse-sdk', version, attributes: new Map() };
  return { project: project ?? DEFAULT_PROJECT, scope, resource };
}

/** The metadata of a batch. Absent in the requests of other clients. */
export function metadataOf(body: Fields): Fields {
  const metadata = field(body, 'metadata');
  return isFields(metadata) ? metadata : {};
}

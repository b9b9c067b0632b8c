import type { AttributeValue, Span as OtelSpan } from '@opentelemetry/api';
import type { CaptureConfig } from '../core/config.ts';
import type { Mask, Redact, SpanInfo } from '../core/options.ts';
import { toText } from './serialize.ts';

/**
 * A value that is costly or private to make. The function is called only if it may be recorded, so that with
 * capture off nothing is serialised and nothing can leak.
 * `input` and `output` follow the capture options; `always` is masked and limited but not switched off with content.
 */
export type Lazy =
  | { readonly input: () => unknown }
  | { readonly output: () => unknown }
  | { readonly always: () => unknown };

export type LazyAttributes = { readonly [key: string]: AttributeValue | Lazy | undefined };

/** Who is asked about a span only where a mask or an exception to the capture rules wants to know. */
export interface InfoSource {
  readonly info: () => SpanInfo;
}

export type Direction = 'input' | 'output' | 'always';

/** The one door that every attribute of a span passes. Plain values go through, lazy ones are decided about. */
export function setAttributes(
  otel: OtelSpan,
  attributes: LazyAttributes,
  config: CaptureConfig,
  source: InfoSource,
): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'object' || Array.isArray(value)) otel.setAttribute(key, value as AttributeValue);
    else if ('input' in value) setContent(otel, key, 'input', value.input, config, source);
    else if ('output' in value) setContent(otel, key, 'output', value.output, config, source);
    else if ('always' in value) setContent(otel, key, 'always', value.always, config, source);
  }
}

/** One content attribute. `value`: what to record, or a function that makes it and is called only if it is recorded. */
export function setContent(
  otel: OtelSpan,
  key: string,
  direction: Direction,
  value: unknown,
  config: CaptureConfig,
  source: InfoSource,
): void {
  writeContent(otel, key, direction, value, called, config, source);
}

function called(value: unknown): unknown {
  return typeof value === 'function' ? value() : value;
}

/** One content attribute that `make` makes of a value, if it is recorded. */
export function writeContent<T>(
  otel: OtelSpan,
  key: string,
  direction: Direction,
  value: T,
  make: (value: T) => unknown,
  config: CaptureConfig,
  source: InfoSource,
): void {
  if (direction !== 'always' && !capturesContent(direction, config, source)) return;
  const info = config.mask === undefined && config.redact === undefined ? undefined : source.info();
  const text = contentText(key, make(value), config, info);
  if (text !== undefined) otel.setAttribute(key, text);
}

/** Whether content of a direction would be recorded for a span: to spare the work of collecting it. */
export function capturesContent(
  direction: 'input' | 'output',
  config: CaptureConfig,
  source: InfoSource,
): boolean {
  if (!config[direction]) return false;
  const { off } = config;
  if (off === null) return true;
  const { kind, feature } = source.info();
  return !off.kinds.has(kind) && !(feature !== undefined && off.features.has(feature));
}

/** A content value as the text that is sent: masked, media kept or dropped, within the size limit. */
export function contentText(
  key: string,
  value: unknown,
  config: CaptureConfig,
  info: SpanInfo | undefined,
): string | undefined {
  const { mask, redact } = config;
  if (mask === undefined && redact === undefined) return toText(value, config.limits);
  return toText(value, {
    ...config.limits,
    mask: mask && ((text) => maskedBy(mask, text, key, info)),
    redact: redact && ((given) => redactedBy(redact, given, key, info)),
  });
}

/** A short text that is not content, e.g. a user id, as redaction and mask want it. */
export function masked(
  text: string,
  key: string,
  { mask, redact }: CaptureConfig,
  info: SpanInfo | undefined,
): string {
  const redacted = redact === undefined ? text : String(redactedBy(redact, text, key, info));
  return mask === undefined ? redacted : maskedBy(mask, redacted, key, info);
}

function maskedBy(mask: Mask, text: string, key: string, info: SpanInfo | undefined): string {
  try {
    return String(mask(text, key, info));
  } catch {
    return '[mask failed]';
  }
}

function redactedBy(redact: Redact, value: unknown, key: string, info: SpanInfo | undefined): unknown {
  try {
    return redact(value, info === undefined ? { key } : { key, kind: info.kind }).value;
  } catch {
    return '[redaction failed]';
  }
}

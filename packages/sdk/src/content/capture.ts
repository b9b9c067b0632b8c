import type { AttributeValue, Span as OtelSpan } from '@opentelemetry/api';
import type { CaptureConfig } from '../core/config.ts';
import type { Mask, Redact, SpanInfo } from '../core/options.ts';
import { toText } from './serialize.ts';

/**
 * A value that is expensive to build or private. The function is called only if the value is recorded, so that nothing
 * is serialised and nothing can leak if content is off. `input` and `output` follow the capture options. `always` is
 * masked and limited in size too, but is also recorded if content is off.
 */
export type Lazy =
  | { readonly input: () => unknown }
  | { readonly output: () => unknown }
  | { readonly always: () => unknown };

/** Attributes by key. Plain values are recorded as they are. */
export type LazyAttributes = { readonly [key: string]: AttributeValue | Lazy | undefined };

/** Describes a span on demand, because only masks and capture rules by kind or feature need the description. */
export interface InfoSource {
  readonly info: () => SpanInfo;
}

export type Direction = 'input' | 'output' | 'always';

/** Sets attributes of a span. Plain values are set as they are; lazy values only if the capture options allow it. */
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

/** Sets one content attribute, if it is recorded. `value` may be a function, which is called only in that case. */
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

/** Sets one content attribute to the result of `make`, which is called only if the attribute is recorded. */
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

/** Returns whether inputs or outputs of a span are recorded, so that callers can avoid collecting unused content. */
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

/** Converts a content value to the text that is sent: redacted, masked, and within the size limit. */
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

/** Redacts and masks a short text that is not content, e.g. a user id. */
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

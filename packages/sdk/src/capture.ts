import type { Attributes, AttributeValue, Span as OtelSpan } from '@opentelemetry/api';
import type { CaptureConfig } from './config.ts';
import type { SpanInfo } from './options.ts';
import { type TextLimits, toText } from './serialize.ts';

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

/** The one door that every attribute of a span passes. Plain values go through, lazy ones are decided about. */
export function setAttributes(
  otel: OtelSpan,
  attributes: LazyAttributes,
  config: CaptureConfig,
  info: SpanInfo,
): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'object' || Array.isArray(value)) {
      otel.setAttribute(key, value as AttributeValue);
      continue;
    }
    const thunk = allowedThunk(value as Lazy, config, info);
    if (thunk === undefined) continue;
    const text = contentText(key, thunk(), config, info);
    if (text !== undefined) otel.setAttribute(key, text);
  }
}

function allowedThunk(value: Lazy, config: CaptureConfig, info: SpanInfo): (() => unknown) | undefined {
  if ('always' in value) return value.always;
  if ('input' in value) return config.input && isContentOn(config, info) ? value.input : undefined;
  return config.output && isContentOn(config, info) ? value.output : undefined;
}

/** Whether content of a direction would be recorded for a span: to spare the work of collecting it. */
export function capturesContent(
  direction: 'input' | 'output',
  config: CaptureConfig,
  info: SpanInfo,
): boolean {
  return config[direction] && isContentOn(config, info);
}

function isContentOn({ off }: CaptureConfig, info: SpanInfo): boolean {
  if (off === null) return true;
  return !off.kinds.has(info.kind) && !(info.feature !== undefined && off.features.has(info.feature));
}

/** A content value as the text that is sent: masked, media kept or dropped, within the size limit. */
export function contentText(
  key: string,
  value: unknown,
  config: CaptureConfig,
  info: SpanInfo | undefined,
): string | undefined {
  return toText(value, textLimits(key, config, info));
}

function textLimits(key: string, config: CaptureConfig, info: SpanInfo | undefined): TextLimits {
  const { mask } = config;
  return {
    maxCharacters: config.attributeCharacters,
    media: config.media,
    mask: mask === undefined ? undefined : (text) => masked(text, key, config, info),
  };
}

/** A short text that is not content, e.g. a user id, as the mask wants it. */
export function masked(
  text: string,
  key: string,
  { mask }: CaptureConfig,
  info: SpanInfo | undefined,
): string {
  if (mask === undefined) return text;
  try {
    return String(mask(text, key, info));
  } catch {
    return '[mask failed]';
  }
}

/** Attributes of an application's own, as `set` takes them: texts are masked, the rest goes through the same door. */
export function ownAttributes(
  attributes: Attributes,
  config: CaptureConfig,
  info: SpanInfo | undefined,
): Attributes {
  if (config.mask === undefined) return attributes;
  const result: Attributes = {};
  for (const [key, value] of Object.entries(attributes)) {
    result[key] = typeof value === 'string' ? masked(value, key, config, info) : value;
  }
  return result;
}

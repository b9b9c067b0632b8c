import type { Attributes } from '@opentelemetry/api';
import type { CaptureConfig } from '../core/config.ts';
import type { TraceContext } from '../core/scope.ts';
import { KEYS } from '../core/semconv.ts';
import { contentText, masked } from './capture.ts';

/** Converts context values to span attributes. `updateSpan` and `startSpan` use it for the same fields. */
export function scopeAttributes(values: TraceContext, capture: CaptureConfig): Attributes {
  const attributes: Attributes = {};
  const put = (key: string, value: unknown) => {
    if (typeof value === 'string' && value !== '') attributes[key] = masked(value, key, capture, undefined);
  };
  put(KEYS.userId, values.userId);
  put(KEYS.sessionId, values.sessionId);
  put(KEYS.feature, values.feature);
  put(KEYS.environment, values.environment);
  if (values.tags !== undefined && values.tags.length > 0)
    attributes[KEYS.tags] = values.tags.map((tag) => masked(String(tag), KEYS.tags, capture, undefined));
  if (values.metadata !== undefined) {
    const text = contentText(KEYS.metadata, values.metadata, capture, undefined);
    if (text !== undefined) attributes[KEYS.metadata] = text;
  }
  return attributes;
}

export interface ErrorEvent {
  /** Value of `error.type`: the name or class of the error if it is more specific than `Error`, otherwise its code. */
  readonly type: string;
  readonly attributes: {
    'exception.type': string;
    'exception.message'?: string;
    'exception.stacktrace'?: string;
  };
}

const MAX_MESSAGE = 4_000;
const MAX_STACK = 16_000;

/**
 * Converts a thrown value to OpenTelemetry's exception event. Any value can be thrown, and its getters may throw too.
 *
 * @param mask Called for each text, because error messages often quote user input.
 */
export function errorEvent(error: unknown, mask: (text: string, key: string) => string): ErrorEvent {
  const type = typeOf(error);
  const message = textOf(error, 'message') ?? (typeof error === 'string' ? error : undefined);
  const stack = textOf(error, 'stack');
  return {
    type,
    attributes: {
      'exception.type': type,
      ...(message === undefined
        ? {}
        : { 'exception.message': mask(message.slice(0, MAX_MESSAGE), 'exception.message') }),
      ...(stack === undefined
        ? {}
        : { 'exception.stacktrace': mask(stack.slice(0, MAX_STACK), 'exception.stacktrace') }),
    },
  };
}

function typeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  const name = textOf(error, 'name');
  if (name !== undefined && name !== 'Error') return name;
  const className = textOf(error.constructor, 'name');
  if (className !== undefined && className !== 'Error' && className !== 'Object') return className;
  return textOf(error, 'code') ?? name ?? 'object';
}

function textOf(value: unknown, key: string): string | undefined {
  try {
    const text = (value as Record<string, unknown> | null | undefined)?.[key];
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}

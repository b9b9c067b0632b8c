export interface ErrorEvent {
  /** For `error.type`: the class of the error, as far as it says more than `Error`. */
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
 * What was thrown, as OpenTelemetry's exception event. Anything can be thrown, and its getters can throw again.
 *
 * @param mask Given each text before it is recorded: error messages like to quote their input.
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

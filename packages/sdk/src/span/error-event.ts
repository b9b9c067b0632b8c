import { cut } from '../content/limited-text.ts';
import { toText } from '../content/serialize.ts';

export interface ErrorEvent {
  /** Value of `error.type`: the name or class of the error if it is more specific than `Error`, otherwise its code. */
  readonly type: string;
  readonly attributes: {
    'exception.type': string;
    'exception.message': string;
    /** The stack, followed by the stacks of the causes. */
    'exception.stacktrace'?: string;
  };
}

const MAX_MESSAGE = 4_000;
const MAX_STACK = 16_000;
/** Maximum number of causes and inner errors. They may form a cycle. */
const MAX_CAUSES = 8;

/**
 * Converts a thrown value to OpenTelemetry's exception event. Any value can be thrown, and its getters may throw too.
 *
 * @param mask Called for each text, because error messages often quote user input.
 */
export function errorEvent(error: unknown, mask: (text: string, key: string) => string): ErrorEvent {
  const type = typeOf(error);
  const stack = stackOf(error);
  return {
    type,
    attributes: {
      'exception.type': type,
      'exception.message': mask(messageOf(error) ?? type, 'exception.message'),
      ...(stack === undefined ? {} : { 'exception.stacktrace': mask(stack, 'exception.stacktrace') }),
    },
  };
}

function typeOf(error: unknown): string {
  if (error === null) return 'null';
  if (typeof error !== 'object') return typeof error;
  const name = textOf(error, 'name');
  if (name !== undefined && name !== 'Error') return name;
  const className = textOf(memberOf(error, 'constructor'), 'name');
  if (className !== undefined && className !== 'Error' && className !== 'Object') return className;
  return textOf(error, 'code') ?? name ?? 'object';
}

/**
 * Returns the message of a thrown value, or else its text or its fields as JSON. Undefined if there is none of these.
 */
function messageOf(error: unknown): string | undefined {
  try {
    const text = isObject(error)
      ? (textOf(error, 'message') ?? ownText(error) ?? fieldsOf(error))
      : primitive(error);
    return text === undefined ? undefined : cut(text, MAX_MESSAGE);
  } catch {
    return undefined;
  }
}

function primitive(value: unknown): string | undefined {
  if (typeof value !== 'function') return String(value) || undefined;
  return `function ${textOf(value, 'name') ?? 'without a name'}`;
}

/** The result of a `toString` that the class defines itself. Undefined for one that only names the class. */
function ownText(value: object): string | undefined {
  if (Array.isArray(value) || value instanceof Error) return undefined;
  try {
    const text = String(value);
    return text === '' || /^\[object .*\]$/.test(text) ? undefined : text;
  } catch {
    // An object without a prototype has no text.
    return undefined;
  }
}

/** Members that often explain a failure and may be getters of the class, which JSON does not show. */
const TELLING = ['code', 'status', 'statusCode', 'statusText', 'reason'];

function fieldsOf(value: object): string | undefined {
  const json = toText(memberOf(value, 'toJSON') ? value : withoutNoise(value), {
    maxCharacters: MAX_MESSAGE,
    media: 'drop',
  });
  if (json !== undefined && json !== '{}' && json !== '[]') return json;
  const telling = TELLING.flatMap((key) => {
    const member = memberOf(value, key);
    return ['string', 'number'].includes(typeof member) && member !== '' ? [`${key} ${member}`] : [];
  });
  return telling.length > 0 ? telling.join(', ') : undefined;
}

/** An error without a message has only its fields to show, and not its stack and cause, which are shown elsewhere. */
function withoutNoise(value: object): unknown {
  if (!(value instanceof Error)) return value;
  const { name: _name, stack: _stack, cause: _cause, ...fields } = value as Error & Record<string, unknown>;
  return fields;
}

/** The stack of an error and, below it, those of its causes and of the errors that it combines. */
function stackOf(error: unknown): string | undefined {
  const seen = new Set<unknown>([error]);
  const texts: string[] = [];
  const own = textOf(error, 'stack');
  if (own !== undefined) texts.push(own);
  const add = (label: string, value: unknown): void => {
    if (value === undefined || seen.has(value) || seen.size > MAX_CAUSES) return;
    seen.add(value);
    const message = messageOf(value);
    texts.push(
      `${label}: ${textOf(value, 'stack') ?? (message === undefined ? typeOf(value) : `${typeOf(value)}: ${message}`)}`,
    );
    addCauses(value);
  };
  const addCauses = (value: unknown): void => {
    const errors = memberOf(value, 'errors');
    if (Array.isArray(errors))
      errors.forEach((each, index) => {
        add(`Error ${index + 1} of ${errors.length}`, each);
      });
    add('Caused by', memberOf(value, 'cause'));
  };
  addCauses(error);
  return texts.length === 0 ? undefined : cut(texts.join('\n'), MAX_STACK);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown, key: string): string | undefined {
  const text = memberOf(value, key);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** A member of any value. Undefined if reading it throws. */
function memberOf(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

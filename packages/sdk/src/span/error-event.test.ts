import { describe, expect, test } from 'vitest';
import { errorEvent } from './error-event.ts';

const eventOf = (error: unknown) => errorEvent(error, (text) => text);
const messageOf = (error: unknown): string => eventOf(error).attributes['exception.message'];

const cycle: Record<string, unknown> = { code: 7 };
cycle.self = cycle;
class Refused {
  readonly why = 'no seats';
  toString(): string {
    return `refused: ${this.why}`;
  }
}

describe('the message of a thrown value', () => {
  test.each<[what: string, thrown: unknown, type: string, message: string]>([
    ['an error', new TypeError('no model'), 'TypeError', 'no model'],
    ['a text', 'quota', 'string', 'quota'],
    ['an empty text', '', 'string', 'string'],
    ['a number', 42, 'number', '42'],
    ['a bigint', 10n, 'bigint', '10'],
    ['null', null, 'null', 'null'],
    ['undefined', undefined, 'undefined', 'undefined'],
    ['a symbol', Symbol('stop'), 'symbol', 'Symbol(stop)'],
    ['a function', function stop() {}, 'function', 'function stop'],
    ['a plain object', { code: 7, why: 'no' }, 'object', '{"code":7,"why":"no"}'],
    ['an object with a message', { message: 'full', code: 'E1' }, 'E1', 'full'],
    ['a nested error', { error: { type: 'rate_limit' } }, 'object', '{"error":{"type":"rate_limit"}}'],
    ['a cycle', cycle, 'object', '{"code":7,"self":"[circular]"}'],
    ['a bigint in an object', { id: 2n ** 60n }, 'object', '{"id":"1152921504606846976"}'],
    ['a list', [1, 'two'], 'Array', '[1,"two"]'],
    ['a map', new Map([['a', 1]]), 'Map', '{"a":1}'],
    ['a class with its own text', new Refused(), 'Refused', 'refused: no seats'],
    [
      'a response',
      new Response('x', { status: 503, statusText: 'Busy' }),
      'Response',
      'status 503, statusText Busy',
    ],
    ['an empty object', {}, 'object', 'object'],
    ['an object without a prototype', Object.create(null), 'object', 'object'],
    [
      'an error without a message',
      Object.assign(new Error(''), { code: 'ENOENT' }),
      'ENOENT',
      '{"code":"ENOENT"}',
    ],
  ])('of %s says something', (_what, thrown, type, message) => {
    expect(eventOf(thrown)).toMatchObject({
      type,
      attributes: { 'exception.type': type, 'exception.message': message },
    });
  });

  test('is there even if every member of the value throws', () => {
    const trap = () => {
      throw new Error('trap');
    };
    const hostile = new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap, has: trap });
    expect(messageOf(hostile)).toMatch(/\w/);
    expect(eventOf(hostile).type).toBe('object');
  });

  test('is bounded and never ends in half a character', () => {
    const long = messageOf(new Error(`${'x'.repeat(3_999)}😀${'y'.repeat(9_000)}`));
    expect(long.length).toBeLessThanOrEqual(4_000);
    expect(messageOf(new Error('😀'.repeat(5_000))).isWellFormed()).toBe(true);
  });

  test('is masked', () => {
    const { attributes } = errorEvent({ user: 'ann' }, (text) => text.replace('ann', '***'));
    expect(attributes['exception.message']).toBe('{"user":"***"}');
  });
});

describe('the stack of a thrown value', () => {
  const stackOf = (error: unknown) => eventOf(error).attributes['exception.stacktrace'] ?? '';

  test('keeps all causes', () => {
    const error = new Error('outer', { cause: new TypeError('inner', { cause: { code: 'E1' } }) });
    expect(stackOf(error)).toMatch(
      /^Error: outer\n[\s\S]*\nCaused by: TypeError: inner\n[\s\S]*\nCaused by: E1: \{"code":"E1"\}$/,
    );
  });

  test('keeps the errors that are combined in one', () => {
    const error = new AggregateError([new Error('a'), 'b'], 'both');
    expect(stackOf(error)).toMatch(
      /^AggregateError: both\n[\s\S]*\nError 1 of 2: Error: a\n[\s\S]*\nError 2 of 2: string: b$/,
    );
  });

  test('ends if an error causes itself', () => {
    const error = new Error('again');
    error.cause = error;
    expect(stackOf(error)).not.toContain('Caused by');
  });
});

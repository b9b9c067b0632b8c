import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../../model/raw-span.ts';
import { eventNameOf, eventOfLog } from './log-event.ts';

const attributes = (values: Record<string, AttributeValue>) => new Map(Object.entries(values));

describe('the name of a log record', () => {
  it('is its field `eventName`, otherwise the attribute `event.name`', () => {
    expect(eventNameOf({ eventName: 'gen_ai.choice', attributes: attributes({ 'event.name': 'x' }) })).toBe(
      'gen_ai.choice',
    );
    expect(eventNameOf({ eventName: '', attributes: attributes({ 'event.name': 'gen_ai.choice' }) })).toBe(
      'gen_ai.choice',
    );
    expect(eventNameOf({ eventName: '', attributes: attributes({ 'event.name': 7n }) })).toBe('');
  });
});

describe('a log record that becomes a span event', () => {
  const log = { timeUnixNano: 5n, droppedAttributesCount: 2 };

  it('has its body in the attribute `event_body`', () => {
    expect(
      eventOfLog({ ...log, eventName: 'gen_ai.choice', body: 'hi', attributes: attributes({ a: 1n }) }),
    ).toEqual({
      name: 'gen_ai.choice',
      timeUnixNano: 5n,
      attributes: attributes({ a: 1n, event_body: 'hi' }),
      droppedAttributesCount: 2,
    });
  });

  it('has no attribute `event_body` if there is no body', () => {
    const event = eventOfLog({ ...log, eventName: 'gen_ai.choice', body: null, attributes: attributes({}) });
    expect(event.attributes).toEqual(attributes({}));
  });

  it('gets the fields of its body as attributes if it is a details event, without replacing existing attributes', () => {
    const event = eventOfLog({
      ...log,
      eventName: 'gen_ai.client.inference.operation.details',
      body: attributes({ a: 'body', b: 'body' }),
      attributes: attributes({ a: 'attribute' }),
    });
    expect(event.attributes).toEqual(attributes({ a: 'attribute', b: 'body' }));
  });
});

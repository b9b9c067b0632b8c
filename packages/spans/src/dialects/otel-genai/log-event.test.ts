import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../../model/raw-span.ts';
import { eventNameOf, eventOfLog } from './log-event.ts';

const attributes = (values: Record<string, AttributeValue>) => new Map(Object.entries(values));

describe('the name of a log record', () => {
  it('is its field, or else the attribute `event.name`', () => {
    expect(eventNameOf({ eventName: 'gen_ai.choice', attributes: attributes({ 'event.name': 'x' }) })).toBe(
      'gen_ai.choice',
    );
    expect(eventNameOf({ eventName: '', attributes: attributes({ 'event.name': 'gen_ai.choice' }) })).toBe(
      'gen_ai.choice',
    );
    expect(eventNameOf({ eventName: '', attributes: attributes({ 'event.name': 7n }) })).toBe('');
  });
});

describe('a log record as an event', () => {
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

  it('has no such attribute if there is no body', () => {
    const event = eventOfLog({ ...log, eventName: 'gen_ai.choice', body: null, attributes: attributes({}) });
    expect(event.attributes).toEqual(attributes({}));
  });

  it('takes the fields of the body of a details event as attributes, and keeps the attributes it has', () => {
    const event = eventOfLog({
      ...log,
      eventName: 'gen_ai.client.inference.operation.details',
      body: attributes({ a: 'body', b: 'body' }),
      attributes: attributes({ a: 'attribute' }),
    });
    expect(event.attributes).toEqual(attributes({ a: 'attribute', b: 'body' }));
  });
});

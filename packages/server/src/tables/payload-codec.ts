/**
 * Encodes events, links, resource and scope for the text columns of `payloads`, and decodes them, without loss. Each is
 * written as a set of attributes in the JSON of `encodeAttributes`. Empty lists of events and links become empty text.
 */
import {
  type Attributes,
  type AttributeValue,
  decodeAttributes,
  encodeAttributes,
  type RawEvent,
  type RawLink,
  type RawResource,
  type RawScope,
} from '@throughline/spans';

export function encodeEvents(events: readonly RawEvent[]): string {
  if (events.length === 0) return '';
  return encodeList(
    'events',
    events.map((event) => [
      ['name', event.name],
      ['timeUnixNano', String(event.timeUnixNano)],
      ['attributes', event.attributes],
      ['droppedAttributesCount', event.droppedAttributesCount],
    ]),
  );
}

export function decodeEvents(text: string): RawEvent[] {
  return decodeList('events', text).map((event) => ({
    name: stringOf(event.get('name')),
    timeUnixNano: BigInt(stringOf(event.get('timeUnixNano')) || 0),
    attributes: attributesOf(event.get('attributes')),
    droppedAttributesCount: numberOf(event.get('droppedAttributesCount')),
  }));
}

export function encodeLinks(links: readonly RawLink[]): string {
  if (links.length === 0) return '';
  return encodeList(
    'links',
    links.map((link) => [
      ['traceId', link.traceId],
      ['spanId', link.spanId],
      ['traceState', link.traceState],
      ['attributes', link.attributes],
      ['droppedAttributesCount', link.droppedAttributesCount],
      ['flags', link.flags],
    ]),
  );
}

export function decodeLinks(text: string): RawLink[] {
  return decodeList('links', text).map((link) => ({
    traceId: stringOf(link.get('traceId')),
    spanId: stringOf(link.get('spanId')),
    traceState: stringOf(link.get('traceState')),
    attributes: attributesOf(link.get('attributes')),
    droppedAttributesCount: numberOf(link.get('droppedAttributesCount')),
    flags: numberOf(link.get('flags')),
  }));
}

export function encodeResource(resource: RawResource): string {
  return encodeAttributes(
    new Map<string, AttributeValue>([
      ['attributes', resource.attributes],
      ['droppedAttributesCount', resource.droppedAttributesCount],
      ['schemaUrl', resource.schemaUrl],
    ]),
  );
}

export function decodeResource(text: string): RawResource {
  const resource = decodeOne(text);
  return {
    attributes: attributesOf(resource.get('attributes')),
    droppedAttributesCount: numberOf(resource.get('droppedAttributesCount')),
    schemaUrl: stringOf(resource.get('schemaUrl')),
  };
}

export function encodeScope(scope: RawScope): string {
  return encodeAttributes(
    new Map<string, AttributeValue>([
      ['name', scope.name],
      ['version', scope.version],
      ['attributes', scope.attributes],
      ['droppedAttributesCount', scope.droppedAttributesCount],
      ['schemaUrl', scope.schemaUrl],
    ]),
  );
}

export function decodeScope(text: string): RawScope {
  const scope = decodeOne(text);
  return {
    name: stringOf(scope.get('name')),
    version: stringOf(scope.get('version')),
    attributes: attributesOf(scope.get('attributes')),
    droppedAttributesCount: numberOf(scope.get('droppedAttributesCount')),
    schemaUrl: stringOf(scope.get('schemaUrl')),
  };
}

function encodeList(name: string, items: readonly [string, AttributeValue][][]): string {
  return encodeAttributes(new Map([[name, items.map((item) => new Map(item))]]));
}

function decodeList(name: string, text: string): Attributes[] {
  const list = decodeOne(text).get(name);
  return Array.isArray(list) ? list.map(attributesOf) : [];
}

const decodeOne = (text: string): Attributes => (text === '' ? new Map() : decodeAttributes(text));
const stringOf = (value: AttributeValue | undefined): string => (typeof value === 'string' ? value : '');
const numberOf = (value: AttributeValue | undefined): number => (typeof value === 'number' ? value : 0);
const attributesOf = (value: AttributeValue | undefined): Attributes =>
  value instanceof Map ? value : new Map();

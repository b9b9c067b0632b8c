/**
 * Readers that all signals of OTLP in protobuf share.
 * Source: opentelemetry-proto `common/v1/common.proto`, `resource/v1/resource.proto`.
 */
import { type Attributes, type AttributeValue, DoubleValue, type RawScope } from '@throughline/spans';
import { ValueBudget } from '../value-budget.ts';
import { FIXED64, LENGTH, type ProtobufReader, tag, VARINT } from './protobuf-reader.ts';

/** Reads attributes and the messages that contain them, and limits the number of values. */
export class ProtobufValues {
  readonly reader: ProtobufReader;
  readonly budget = new ValueBudget();

  constructor(reader: ProtobufReader) {
    this.reader = reader;
  }

  /** Resource: 1 attributes, 2 dropped_attributes_count. The reader has entered it. */
  resource(): { attributes: Attributes; droppedAttributesCount: number } {
    const reader = this.reader;
    const attributes = new Map<string, AttributeValue>();
    let droppedAttributesCount = 0;
    this.budget.reset();
    while (reader.next()) {
      if (reader.tag === tag(1, LENGTH)) this.keyValue(attributes, 0);
      else if (reader.tag === tag(2, VARINT)) droppedAttributesCount = reader.uint32();
      else reader.skip();
    }
    return { attributes, droppedAttributesCount };
  }

  /** InstrumentationScope: 1 name, 2 version, 3 attributes, 4 dropped_attributes_count. The reader has entered it. */
  scope(): Omit<RawScope, 'schemaUrl'> {
    const reader = this.reader;
    const attributes = new Map<string, AttributeValue>();
    let name = '';
    let version = '';
    let droppedAttributesCount = 0;
    this.budget.reset();
    while (reader.next()) {
      switch (reader.tag) {
        case tag(1, LENGTH):
          name = reader.string();
          break;
        case tag(2, LENGTH):
          version = reader.string();
          break;
        case tag(3, LENGTH):
          this.keyValue(attributes, 0);
          break;
        case tag(4, VARINT):
          droppedAttributesCount = reader.uint32();
          break;
        default:
          reader.skip();
      }
    }
    return { name, version, attributes, droppedAttributesCount };
  }

  /** KeyValue: 1 key, 2 value */
  keyValue(into: Map<string, AttributeValue>, depth: number): void {
    const reader = this.reader;
    this.budget.take();
    const outer = reader.enter();
    let key = '';
    let value: AttributeValue = null;
    while (reader.next()) {
      if (reader.tag === tag(1, LENGTH)) key = reader.key();
      else if (reader.tag === tag(2, LENGTH)) value = this.anyValue(depth);
      else reader.skip();
    }
    reader.leave(outer);
    into.set(key, value);
  }

  /**
   * AnyValue: 1 string_value, 2 bool_value, 3 int_value, 4 double_value, 5 array_value, 6 kvlist_value, 7 bytes_value.
   * ArrayValue and KeyValueList: 1 values.
   */
  anyValue(depth: number): AttributeValue {
    const reader = this.reader;
    const outer = reader.enter();
    let value: AttributeValue = null;
    while (reader.next()) {
      switch (reader.tag) {
        case tag(1, LENGTH):
          value = reader.string();
          break;
        case tag(2, VARINT):
          value = reader.bool();
          break;
        case tag(3, VARINT):
          value = reader.int64();
          break;
        case tag(4, FIXED64): {
          const double = reader.double();
          value = Number.isInteger(double) ? new DoubleValue(double) : double;
          break;
        }
        case tag(5, LENGTH): {
          this.budget.checkDepth(depth + 1);
          const list: AttributeValue[] = [];
          const inner = reader.enter();
          while (reader.next()) {
            if (reader.tag === tag(1, LENGTH)) {
              this.budget.take();
              list.push(this.anyValue(depth + 1));
            } else reader.skip();
          }
          reader.leave(inner);
          value = list;
          break;
        }
        case tag(6, LENGTH): {
          this.budget.checkDepth(depth + 1);
          const map = new Map<string, AttributeValue>();
          const inner = reader.enter();
          while (reader.next()) {
            if (reader.tag === tag(1, LENGTH)) this.keyValue(map, depth + 1);
            else reader.skip();
          }
          reader.leave(inner);
          value = map;
          break;
        }
        case tag(7, LENGTH):
          value = reader.bytes();
          break;
        default:
          reader.skip();
      }
    }
    reader.leave(outer);
    return value;
  }
}

import { FILTER_FIELDS } from '../catalogue/fields.ts';
import type {
  Expression,
  Filter,
  LabelSubject,
  LabelTest,
  NumberSubject,
  NumberTest,
  TextCondition,
} from './expression.ts';
import { printQuantity } from './quantity.ts';

/** Converts a filter to text. The inverse of `parseFilter`. */
export function printFilter(filter: Filter): string {
  return filter === undefined ? '' : print(filter);
}

function print(node: Expression): string {
  switch (node.type) {
    case 'and':
      return node.operands.map(printOperand).join(' ');
    case 'or':
      return node.operands.map(printOperand).join(' OR ');
    case 'not':
      return `-${printOperand(node.operand)}`;
    case 'count':
      return `count(${print(node.where)})${node.comparison}${node.value}`;
    case 'label':
      return printLabel(node.subject, node.test);
    case 'number':
      return printNumber(node.subject, node.test);
    case 'text':
      return printText(node);
    default:
      return `${node.type}(${print(node.where)})`;
  }
}

function printOperand(node: Expression): string {
  return node.type === 'and' || node.type === 'or' ? `(${print(node)})` : print(node);
}

function printText({ match, text }: TextCondition): string {
  if (match === 'phrase') return quote(text);
  return match === 'prefix' ? `${text}*` : text;
}

function printLabel(subject: LabelSubject, test: LabelTest): string {
  const name = printSubject(subject);
  if (test.type === 'exists') return `${name}:*`;
  const pieces = test.type === 'equals' ? [test.value] : test.pieces;
  return `${name}:${pieces.map((piece) => (isBare(piece) ? piece : quote(piece))).join('*')}`;
}

function printNumber(subject: NumberSubject, test: NumberTest): string {
  const name = printSubject(subject);
  const unit = subject.type === 'field' ? FILTER_FIELDS[subject.field].unit : undefined;
  if (test.type === 'exists') return `${name}:*`;
  if (test.type === 'between')
    return `${name}:${printQuantity(test.low, unit)}..${printQuantity(test.high, unit)}`;
  return `${name}${test.comparison}${printQuantity(test.value, unit)}`;
}

function printSubject(subject: LabelSubject | NumberSubject): string {
  if (subject.type === 'field') return subject.field;
  const [prefix, key] =
    subject.type === 'score'
      ? ['score', subject.name]
      : [subject.type === 'attribute' ? 'attr' : 'resource', subject.key];
  return `${prefix}.${/^[^\s:<>=()"*]+$/.test(key) ? key : quote(key)}`;
}

/** Whether a value needs no quotation marks. Numbers need them, so that they are not parsed as numbers. */
function isBare(piece: string): boolean {
  return piece === '' || (/^[^\s()"*\\]+$/.test(piece) && !/^-?\d|\.\.|^OR$/.test(piece));
}

/** Puts a text in quotation marks. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

import { describe, expect, it } from 'vitest';
import { completionContext } from './completion-context.ts';

/** The context at the `|` in a filter. */
function at(marked: string) {
  const caret = marked.indexOf('|');
  return completionContext(marked.replace('|', ''), caret);
}

describe('the completion context of a filter', () => {
  it('is a name at the start of a condition', () => {
    expect(at('mod|')).toMatchObject({ kind: 'name', prefix: 'mod', from: 0, to: 3 });
    expect(at('kind:llm | cost>1')).toMatchObject({ kind: 'name', prefix: '', from: 9, to: 9 });
    expect(at('-us|')).toMatchObject({ kind: 'name', prefix: 'us', from: 1, to: 3 });
    expect(at('attr.cust|')).toMatchObject({ kind: 'name', prefix: 'attr.cust' });
  });

  it('replaces the whole word around the caret', () => {
    expect(at('kind:llm mo|del user:a')).toMatchObject({ prefix: 'mo', from: 9, to: 14 });
    expect(at('model:gpt|-4o kind:llm')).toMatchObject({ prefix: 'gpt', from: 6, to: 12 });
  });

  it('is a value after a field and an operator', () => {
    expect(at('model:gp|')).toMatchObject({ kind: 'value', subject: 'model', prefix: 'gp', from: 6, to: 8 });
    expect(at('kind:tool -user:|')).toMatchObject({ kind: 'value', subject: 'user', prefix: '', from: 16 });
    expect(at('cost>=0.|')).toMatchObject({ kind: 'value', subject: 'cost', prefix: '0.' });
    expect(at('attr.tier:go|')).toMatchObject({ kind: 'value', subject: 'attr.tier', prefix: 'go' });
  });

  it('reads a value in quotation marks, closed or not', () => {
    expect(at('name:"POST /ch|')).toMatchObject({
      kind: 'value',
      subject: 'name',
      prefix: 'POST /ch',
      from: 5,
    });
    expect(at('name:"POST /ch|at" kind:llm')).toMatchObject({ prefix: 'POST /ch', from: 5, to: 17 });
    expect(at('name:"say \\"hi|')).toMatchObject({ prefix: 'say "hi' });
  });

  it('is a value inside a list of values', () => {
    expect(at('feature:(search OR ch|)')).toMatchObject({
      kind: 'value',
      subject: 'feature',
      prefix: 'ch',
      from: 19,
      to: 21,
      inList: true,
    });
  });

  it('knows that functions take conditions on spans', () => {
    expect(at('has(ki|)')).toMatchObject({ kind: 'name', prefix: 'ki', from: 4, to: 6, ofSpan: true });
    expect(at('has((ki|))')).toMatchObject({ ofSpan: true });
    expect(at('has(kind:tool) er|')).toMatchObject({ ofSpan: false });
  });

  it('is nothing inside a text that is searched for', () => {
    expect(at('"refund pol|')).toMatchObject({ kind: 'none' });
    expect(at('count(kind:tool)>|')).toMatchObject({ kind: 'none' });
  });
});

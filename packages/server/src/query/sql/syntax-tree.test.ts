import { expect, it } from 'vitest';
import { readSyntaxTree } from './syntax-tree.ts';

it('reads types, texts and children', () => {
  expect(
    readSyntaxTree([
      'Function plus (alias sum) (children 1)',
      ' ExpressionList (children 2)',
      '  Literal UInt64_1',
      "  Literal 'a (children 2)'",
    ]),
  ).toEqual({
    type: 'Function',
    text: 'plus',
    children: [
      {
        type: 'ExpressionList',
        text: '',
        children: [
          { type: 'Literal', text: 'UInt64_1', children: [] },
          { type: 'Literal', text: "'a (children 2)'", children: [] },
        ],
      },
    ],
  });
});

it.each([
  [[]],
  [['Function plus (children 2)', ' Literal 1']],
  [['Function plus (children 1)', ' Literal 1', ' Literal 2']],
  [['Function plus (children 1)', '  Literal 1']],
  [['Literal 1', 'Literal 2']],
  [[' Literal 1']],
  [['Literal 1 (alias a', 'TableIdentifier b)']],
])('rejects lines that are not one tree: %j', (lines) => {
  expect(readSyntaxTree(lines)).toBeUndefined();
});

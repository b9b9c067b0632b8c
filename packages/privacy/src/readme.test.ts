import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as privacy from './index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the example of the README runs and returns the documented results', () => {
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const body = example
    .replace(/^import .*$/m, '')
    .replace(/^(.*); \/\/ → (.*)$/gm, (_line, actual, expected) => `check(${actual}, ${expected});`);
  let checks = 0;
  const check = (actual: unknown, expected: unknown) => {
    checks++;
    expect(actual).toEqual(expected);
  };
  new Function(...Object.keys(privacy), 'check', body)(...Object.values(privacy), check);
  expect(checks).toBe(7);
});

test('the README names every detector and its placeholder', () => {
  for (const [name, { label }] of Object.entries(privacy.DETECTORS)) {
    expect(readme).toContain(`\`${name}\``);
    expect(readme).toContain(`\`[${label}]\``);
  }
});

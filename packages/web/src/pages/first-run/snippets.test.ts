import { describe, expect, it } from 'vitest';
import { demoCommand, snippetsFor } from './snippets.ts';

it('the command of the example application names the server unless it is at the default address', () => {
  expect(demoCommand('http://127.0.0.1:4318')).toBe('npx throughline demo');
  expect(demoCommand('http://127.0.0.1:5000')).toBe('npx throughline demo --url http://127.0.0.1:5000');
});

describe('snippets of the first-run page', () => {
  it('all contain the address and the project', () => {
    for (const { code } of snippetsFor('http://127.0.0.1:4318', 'shop')) {
      expect(code).toContain('http://127.0.0.1:4318');
      expect(code).toContain('shop');
    }
  });

  it('quote the project name, so that it cannot run as code', () => {
    const [environment, sdk, node, python, curl] = snippetsFor('http://127.0.0.1:4318', `a"'; rm -rf ~`).map(
      ({ code }) => code,
    );
    expect(environment).toContain('x-throughline-project=a%22%27%3B%20rm%20-rf%20%7E');
    expect(sdk).toContain(String.raw`THROUGHLINE_PROJECT='a"'\''; rm -rf ~'`);
    expect(node).toContain(String.raw`'x-throughline-project': "a\"'; rm -rf ~"`);
    expect(python).toContain(String.raw`"x-throughline-project": "a\"'; rm -rf ~"`);
    expect(curl).toContain(String.raw`-H 'x-throughline-project: a"'\''; rm -rf ~'`);
  });
});

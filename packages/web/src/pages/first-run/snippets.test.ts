import { describe, expect, it } from 'vitest';
import { snippetsFor } from './snippets.ts';

describe('snippets of the first-run page', () => {
  it('all hold the address and the project', () => {
    for (const { code } of snippetsFor('http://127.0.0.1:4318', 'shop')) {
      expect(code).toContain('http://127.0.0.1:4318');
      expect(code).toContain('shop');
    }
  });

  it('cannot be broken out of by the name of a project', () => {
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

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
    for (const { code } of snippetsFor('http://127.0.0.1:4318', `a"'; rm -rf ~`)) {
      expect(code).not.toContain('rm -rf');
      expect(code).toContain('a%22');
    }
  });
});

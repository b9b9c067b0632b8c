import { describe, expect, it } from 'vitest';
import { checkExample, checkPackage, checkTable } from './check-structure.ts';
import { filesOfExamples, filesOfPackage, publishedEntryPoints } from './repository.ts';
import { PACKAGES, type PackageRules } from './rooms.ts';
import { readSource } from './scan-imports.ts';

describe.each(Object.entries(PACKAGES))('the package %s', (name, rules) => {
  const findings = checkPackage(name, rules, filesOfPackage(name));

  it('imports only downwards', () => {
    expect(findings.arrows).toEqual([]);
  });

  it('has no circle of files', () => {
    expect(findings.circles).toEqual([]);
  });
});

it('examples import only published entry points', () => {
  expect(checkExample(filesOfExamples(), publishedEntryPoints())).toEqual([]);
});

describe('the check', () => {
  const rules: PackageRules = {
    packages: ['@throughline/spans'],
    dependencies: ['zod'],
    rooms: { src: 'all', query: ['store'], ingest: ['store'], store: [] },
  };
  const check = (sources: Readonly<Record<string, string>>) =>
    checkPackage(
      'demo',
      rules,
      Object.entries(sources).map(([path, text]) => readSource(`packages/demo/src/${path}`, text)),
    );

  it('accepts imports of lower rooms, of the same room and of listed packages', () => {
    expect(
      check({
        'main.ts': "import { list } from './query/list.ts';\nimport { store } from './store/store.ts';\n",
        'query/list.ts':
          "import { z } from 'zod';\nimport { store } from '../store/store.ts';\nexport const list = store;\n",
        'store/store.ts': "import type { Span } from '@throughline/spans';\n",
      }),
    ).toEqual({ circles: [], arrows: [] });
  });

  it('explains an import of a room above, even of a type', () => {
    expect(
      check({ 'store/store.ts': "import type { List } from '../query/list.ts';\n", 'query/list.ts': '' })
        .arrows,
    ).toEqual([
      'packages/demo/src/store/store.ts (room store) imports packages/demo/src/query/list.ts (room query), which is ' +
        'above it: move what both need into store itself, or pass it in from the composition root.',
    ]);
  });

  it('explains an import of a room on the same level', () => {
    expect(
      check({ 'query/list.ts': "export { accept } from '../ingest/accept.ts';\n", 'ingest/accept.ts': '' })
        .arrows,
    ).toEqual([
      'packages/demo/src/query/list.ts (room query) imports packages/demo/src/ingest/accept.ts (room ingest), which is ' +
        'beside it: move what both need into store, or pass it in from the composition root.',
    ]);
  });

  it('finds imports over several lines, dynamic imports, imports of types inside types, and workers', () => {
    const imports = [
      "import {\n  type List,\n  list,\n} from '../query/list.ts';\n",
      "const list = await import('../query/list.ts');\n",
      "type List = typeof import('../query/list.ts');\n",
      "const worker = new Worker(new URL('../query/list.ts', import.meta.url));\n",
      "import '../query/list.ts';\n",
    ];
    for (const text of imports)
      expect(check({ 'store/store.ts': text, 'query/list.ts': '' }).arrows, text).toHaveLength(1);
  });

  it('ignores imports in comments', () => {
    expect(
      check({
        'store/store.ts': "/*\nimport { list } from '../query/list.ts';\n*/\n// import '../query/list.ts';\n",
      }).arrows,
    ).toEqual([]);
  });

  it('finds circles of files, including imports of types', () => {
    expect(
      check({
        'store/a.ts': "import { b } from './b.ts';\n",
        'store/b.ts': "import { c } from './c.ts';\n",
        'store/c.ts': "import type { A } from './a.ts';\n",
        'store/d.ts': "import { a } from './a.ts';\n",
      }).circles,
    ).toEqual([
      'packages/demo/src/store/a.ts, packages/demo/src/store/b.ts, packages/demo/src/store/c.ts import each other in a ' +
        'circle: move what they share to a file that imports none of them.',
    ]);
  });

  it('lets test code import anything, and lets nothing import test code', () => {
    expect(
      check({
        'store/store.test.ts':
          "import { list } from '../query/list.ts';\nimport { start } from '../testing/start.ts';\n",
        'testing/start.ts': "import { list } from '../query/list.ts';\nimport fs from 'node:fs';\n",
        'query/list.ts': "import { start } from '../testing/start.ts';\n",
      }).arrows,
    ).toEqual([
      'packages/demo/src/query/list.ts imports the test code packages/demo/src/testing/start.ts: move what it needs out ' +
        'of the tests, or make it test code too.',
    ]);
  });

  it('rejects unlisted folders, other packages by path, unlisted packages and unlisted dependencies', () => {
    const { arrows } = check({
      'misc/new.ts': "import { store } from '../store/store.ts';\n",
      'store/store.ts':
        "import { x } from '../../../other/src/x.ts';\nimport { y } from '@throughline/privacy';\nimport fs from 'node:fs';\n",
    });
    expect(arrows.map((arrow) => arrow.split(/[:,] /)[0])).toEqual([
      'packages/demo/src/misc/new.ts is in no room of the package demo',
      'packages/demo/src/store/store.ts imports packages/other/src/x.ts',
      'packages/demo/src/store/store.ts imports @throughline/privacy',
      'packages/demo/src/store/store.ts imports node:fs',
    ]);
  });

  it('rejects a table with an upward arrow', () => {
    expect(checkTable({ ...rules, rooms: { query: [], store: ['query'] } })).toEqual([
      'The room store may import query according to rooms.ts, but query is not listed below it.',
    ]);
  });

  it('rejects examples that import internal files of a package', () => {
    const example = (text: string) =>
      checkExample(
        [readSource('examples/agent/src/run.ts', text)],
        ['@throughline/sdk', '@throughline/sdk/register'],
      );
    expect(example("import '@throughline/sdk/register';\nimport { x } from './tools.ts';\n")).toEqual([]);
    expect(example("import { x } from '@throughline/sdk/src/span/span.ts';\n")).toHaveLength(1);
    expect(example("import { x } from '../../../packages/sdk/src/index.ts';\n")).toHaveLength(1);
  });
});

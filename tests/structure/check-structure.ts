import { findCircles } from './find-circles.ts';
import type { PackageRules } from './rooms.ts';
import type { SourceFile } from './scan-imports.ts';

const TEST_CODE = /\.(?:test|contract)\.tsx?$|\/testing\//;

/** Whether a file is test code, which may import anything and which no other file may import. */
export const isTestCode = (path: string): boolean => TEST_CODE.test(path);

/** Import of a package of this repository, such as `@throughline/spans` or `throughline/…`. */
const OWN_PACKAGE = /^(?:@throughline\/[^/]+|throughline(?=\/|$))/;

/** Problems in the structure of a package, one sentence each. */
export interface Findings {
  /** Groups of files that import each other. */
  readonly circles: readonly string[];
  /** Imports that the table does not allow. */
  readonly arrows: readonly string[];
}

/** Compares the imports of a package with its rules. `files` are all files below `packages/<name>/src`. */
export function checkPackage(name: string, rules: PackageRules, files: readonly SourceFile[]): Findings {
  const sources = files.filter(({ path }) => !isTestCode(path));
  const isInside = (path: string) => path.startsWith(`packages/${name}/src/`);
  return {
    circles: findCircles(sources).map(
      (circle) =>
        `${circle.join(', ')} import each other in a circle: move what they share to a file that imports none of them.`,
    ),
    arrows: [
      ...checkTable(rules),
      ...sources.flatMap((file) => [
        ...[...file.files, ...file.programs.filter(isInside)].flatMap(
          (target) => checkImport(name, rules, file.path, target) ?? [],
        ),
        ...file.packages.flatMap((dependency) => checkDependency(name, rules, file.path, dependency) ?? []),
      ]),
    ],
  };
}

/** A room names only rooms that are listed below it, so the table itself has no circle and no upward arrow. */
export function checkTable({ rooms }: PackageRules): string[] {
  const order = Object.keys(rooms);
  return order.flatMap((room, index) => {
    const allowed = rooms[room] ?? [];
    if (allowed === 'all') return [];
    return allowed
      .filter((other) => !order.includes(other, index + 1))
      .map(
        (other) =>
          `The room ${room} may import ${other} according to rooms.ts, but ${other} is not listed below it.`,
      );
  });
}

/** The room of a file: the longest listed folder that contains it. */
export function roomOf(name: string, { rooms }: PackageRules, path: string): string | undefined {
  const inside = path.slice(`packages/${name}/src/`.length);
  if (!inside.includes('/')) return 'src' in rooms ? 'src' : undefined;
  return Object.keys(rooms).find((room) => inside.startsWith(`${room}/`));
}

function checkImport(name: string, rules: PackageRules, from: string, to: string): string | undefined {
  if (!to.startsWith(`packages/${name}/src/`)) {
    return `${from} imports ${to}, which lies outside of its package: import what a package publishes instead.`;
  }
  if (isTestCode(to))
    return `${from} imports the test code ${to}: move what it needs out of the tests, or make it test code too.`;
  const [room, target] = [roomOf(name, rules, from), roomOf(name, rules, to)];
  if (room === undefined || target === undefined) {
    const stray = room === undefined ? from : to;
    return `${stray} is in no room of the package ${name}: add its folder to tests/structure/rooms.ts.`;
  }
  if (room === target) return undefined;
  const order = Object.keys(rules.rooms);
  const allowed = rules.rooms[room] ?? [];
  if (allowed === 'all' ? order.indexOf(target) > order.indexOf(room) : allowed.includes(target))
    return undefined;
  const where = order.indexOf(target) < order.indexOf(room) ? 'above' : 'beside';
  const below = allowed === 'all' ? order.slice(order.indexOf(room) + 1) : allowed;
  return (
    `${from} (room ${room}) imports ${to} (room ${target}), which is ${where} it: ` +
    `move what both need into ${below.length > 0 ? listed(below) : `${room} itself`}, or pass it in from the composition root.`
  );
}

function checkDependency(
  name: string,
  { packages, dependencies }: PackageRules,
  from: string,
  dependency: string,
): string | undefined {
  const own = OWN_PACKAGE.exec(dependency)?.[0];
  if (own !== undefined) {
    if (packages.includes(own)) return undefined;
    return `${from} imports ${dependency}, but the package ${name} may import ${packages.length > 0 ? listed(packages) : 'no other package of this repository'}.`;
  }
  if (dependencies === 'any') return undefined;
  const isAllowed =
    dependencies === 'browser' ? !dependency.startsWith('node:') : dependencies.includes(dependency);
  if (isAllowed) return undefined;
  return `${from} imports ${dependency}, but the package ${name} runs in browsers too: pass in what needs a platform, or list the dependency in tests/structure/rooms.ts with the reason.`;
}

/** Examples import a package of this repository only by an entry point that it publishes. */
export function checkExample(files: readonly SourceFile[], entryPoints: readonly string[]): string[] {
  return files
    .filter(({ path }) => !isTestCode(path))
    .flatMap(({ path, files: imported, packages }) => {
      const example = path.split('/').slice(0, 2).join('/');
      return [
        ...imported
          .filter((target) => !target.startsWith(`${example}/`))
          .map((target) => `${path} imports ${target}: examples import only what the packages publish.`),
        ...packages
          .filter((name) => OWN_PACKAGE.test(name) && !entryPoints.includes(name))
          .map(
            (name) =>
              `${path} imports ${name}, which is no published entry point: use one of ${listed(entryPoints)}.`,
          ),
      ];
    });
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

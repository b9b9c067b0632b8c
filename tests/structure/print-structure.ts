import { checkPackage, isTestCode } from './check-structure.ts';
import { filesOfPackage } from './repository.ts';
import { PACKAGES } from './rooms.ts';

const COLUMNS = ['package', 'files', 'median', 'p90', 'max', 'circles', 'upward arrows'] as const;

/** Prints the size and the structure of each package: source files without test code, and their lines. */
const findings: string[] = [];
const rows = Object.entries(PACKAGES).map(([name, rules]) => {
  const files = filesOfPackage(name);
  const lines = files
    .filter(({ path }) => !isTestCode(path))
    .map((file) => file.lines)
    .sort((a, b) => a - b);
  const { circles, arrows } = checkPackage(name, rules, files);
  findings.push(...circles, ...arrows);
  const quantile = (share: number) => lines[Math.floor((lines.length - 1) * share)] ?? 0;
  return [name, lines.length, quantile(0.5), quantile(0.9), quantile(1), circles.length, arrows.length];
});

for (const row of [COLUMNS, ...rows])
  console.log(
    row
      .map((value, i) => (i === 0 ? String(value).padEnd(8) : String(value).padStart(i === 6 ? 15 : 9)))
      .join(''),
  );
for (const finding of findings) console.log(`\n${finding}`);
process.exitCode = findings.length > 0 ? 1 : 0;

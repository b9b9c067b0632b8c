import { SETTINGS, type Setting } from './settings.ts';

const ROWS: readonly Setting<unknown>[] = Object.values(SETTINGS);

/** A flag of `throughline start` with its help text. */
export interface FlagHelp {
  readonly flag: string;
  readonly help: string;
}

/** Every flag of `throughline start`. */
export function flagHelp(): readonly FlagHelp[] {
  return ROWS.flatMap((setting) =>
    setting.flag === undefined ? [] : [{ flag: setting.flag, help: helpWithDefault(setting) }],
  );
}

/** The settings that have an environment variable and no flag, as a paragraph below the flags of `--help`. */
export function variableHelp(): string {
  const rows = ROWS.filter(({ flag }) => flag === undefined);
  const width = Math.max(...rows.map(({ env }) => env.length));
  const lines = rows.map((setting) => `  ${setting.env.padEnd(width)}  ${helpWithDefault(setting)}`);
  return ['Environment variables without a flag:', ...lines].join('\n');
}

function helpWithDefault({ env, flag, help, default: value }: Setting<unknown>): string {
  const text = typeof value === 'string' ? value : value.describes;
  return `${help} (default: ${text}${flag === undefined ? '' : `, or ${env}`})`;
}

/** The table of settings in `docs/operations.md`. */
export function settingsTable(): string {
  const cells = ROWS.map((setting) => [
    code(setting.env),
    setting.flag === undefined ? '' : code(setting.flag.replace(/ .*/, '')),
    defaultCell(setting),
    setting.section === undefined ? setting.help : `${setting.help}; [more](${setting.section})`,
  ]);
  const table = [['variable', 'flag', 'default', 'meaning'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], fill = ' ') =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  const [head = [], ...body] = table;
  return [line(head), line([], '-'), ...body.map((row) => line(row))].join('\n');
}

function defaultCell({ default: value, unit }: Setting<unknown>): string {
  if (typeof value !== 'string') return value.describes;
  return unit === 'bytes' ? `${code(value)} (${binarySize(Number(value))})` : code(value);
}

/** Prints a size like `64 MiB` or `4 GiB`. */
function binarySize(bytes: number): string {
  return bytes % 2 ** 30 === 0 ? `${bytes / 2 ** 30} GiB` : `${bytes / 2 ** 20} MiB`;
}

const code = (text: string): string => `\`${text}\``;

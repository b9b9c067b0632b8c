import { styleText } from 'node:util';

/** The output of a command, and the properties of the terminal. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colours: boolean;
  /** Time zone of all times that are printed. Default: that of this machine. */
  readonly timeZone?: string;
}

export type Style = 'red' | 'yellow' | 'dim' | 'bold' | 'green' | 'cyan';

/** Uses colours only in a terminal. Source: no-color.org. */
export function createTerminal(
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    colours: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  };
}

export function paint(terminal: Pick<Terminal, 'colours'>, style: Style, text: string): string {
  return terminal.colours ? styleText(style, text, { validateStream: false }) : text;
}

/** Returns one line without control and formatting characters, because clients choose names and a terminal shows them. */
export function printable(text: string, maxLength: number): string {
  const clean = text.slice(0, 4 * maxLength).replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}

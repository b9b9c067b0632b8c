import { styleText } from 'node:util';

/** Where a command writes, and what it may know of the terminal. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colours: boolean;
}

export type Style = 'red' | 'yellow' | 'dim' | 'bold' | 'green' | 'cyan';

/** Colours only where a person looks. Source: no-color.org. */
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

/** One line without control or formatting characters: names come from strangers and go to a terminal. */
export function printable(text: string, maxLength: number): string {
  const clean = text.slice(0, 4 * maxLength).replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}

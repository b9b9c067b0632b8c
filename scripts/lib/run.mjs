import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The Node that the project brings along, so that everything runs alike on any host. */
export const projectNode = join(root, 'node_modules', 'node', 'bin', 'node');

export const bin = (name) => join(root, 'node_modules', '.bin', name);

/** The environment in which `node` and the tools of the project come first. */
export function projectEnv(extra = {}) {
  return {
    ...process.env,
    PATH: [
      join(root, 'node_modules', 'node', 'bin'),
      join(root, 'node_modules', '.bin'),
      process.env.PATH,
    ].join(delimiter),
    ...extra,
  };
}

/** Runs a program with this terminal as its own; rejects where it fails. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? `code ${code}`}`));
    });
  });
}

/**
 * This process becomes another program with the same process id, so that every signal reaches that program.
 * Returns if this Node or the platform cannot do that.
 */
export function become(command, args, { env, cwd }) {
  if (typeof process.execve !== 'function') return;
  const { emitWarning } = process;
  // Node prints that the call is experimental.
  process.emitWarning = () => {};
  try {
    process.chdir(cwd);
    process.execve(command, [command, ...args], env);
  } catch {
    // The platform has no such call.
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Prints the reason of a failure without a stack, and fails. */
export function main(work) {
  work().catch((error) => {
    console.error(`\n${error.message}`);
    process.exit(1);
  });
}

export function findOnPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (folder && existsSync(path)) return path;
    }
  }
  return undefined;
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The Node version that the project installs, so that everything runs with the same version on any host. */
export const projectNode = join(root, 'node_modules', 'node', 'bin', 'node');

export const bin = (name) => join(root, 'node_modules', '.bin', name);

/** Returns the environment with the project's `node` and tools first on the PATH. */
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

/** Runs a program in this terminal. Rejects if it fails. */
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
 * Replaces this process with another program under the same process id, so that it gets all signals. Returns normally if
 * this version of Node or the platform does not support it.
 */
export function become(command, args, { env, cwd }) {
  if (typeof process.execve !== 'function') return;
  const { emitWarning } = process;
  // Suppresses Node's warning that the call is experimental.
  process.emitWarning = () => {};
  try {
    process.chdir(cwd);
    process.execve(command, [command, ...args], env);
  } catch {
    // The platform does not support the call.
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Runs the script. If it fails, prints the error message without a stack and exits with code 1. */
export function main(work) {
  work().catch((error) => {
    console.error(`\n${error.message}`);
    process.exit(1);
  });
}

/** Returns the path of the first of these programs that is on the PATH. */
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

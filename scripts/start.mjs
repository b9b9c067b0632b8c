import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { become, main, projectEnv, projectNode, root } from './lib/run.mjs';

/** If npm is killed, nobody else ends what it started. */
const npm = process.env.npm_lifecycle_event === undefined ? undefined : process.ppid;

/** Installs what is missing, builds, starts the server; an empty store gets the example application's traces. */
main(async () => {
  await ensureInstalled('start');
  await build('start');
  const program = join(root, 'packages', 'server', 'bin', 'throughline.js');
  const args = [program, 'start', '--demo-if-empty', ...process.argv.slice(2)];
  const cwd = process.env.INIT_CWD ?? root;
  // Without the number of threads the program would start itself again to set it.
  const env = projectEnv({ UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '16' });
  const endsWith = (pid) => (pid === undefined ? env : { ...env, THROUGHLINE_PARENT_PID: String(pid) });

  become(projectNode, args, { env: endsWith(npm), cwd });
  const server = spawn(projectNode, args, { stdio: 'inherit', env: endsWith(npm ?? process.pid), cwd });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
  server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
});

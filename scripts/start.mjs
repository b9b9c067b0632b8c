import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { become, main, projectEnv, projectNode, root } from './lib/run.mjs';

/** Process id of npm. The server exits with it, because nothing else stops the server if npm is killed. */
const npm = process.env.npm_lifecycle_event === undefined ? undefined : process.ppid;

/** Installs and builds what is missing, then starts the server. Adds example traces if the store is empty. */
main(async () => {
  await ensureInstalled('start');
  await build('start');
  const program = join(root, 'packages', 'server', 'bin', 'throughline.js');
  const args = [program, 'start', '--demo-if-empty', ...process.argv.slice(2)];
  const cwd = process.env.INIT_CWD ?? root;
  // Sets the thread pool size, because the program would otherwise restart itself to set it.
  const env = projectEnv({ UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '16' });
  const withParent = (pid) => (pid === undefined ? env : { ...env, THROUGHLINE_PARENT_PID: String(pid) });

  become(projectNode, args, { env: withParent(npm), cwd });
  const server = spawn(projectNode, args, { stdio: 'inherit', env: withParent(npm ?? process.pid), cwd });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
  server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
});

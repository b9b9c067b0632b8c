import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, projectEnv, projectNode, root } from './lib/run.mjs';

/** Installs what is missing, builds, starts the server; an empty store gets the example application's traces. */
main(async () => {
  await ensureInstalled('start');
  await build('start');
  const program = join(root, 'packages', 'server', 'bin', 'throughline.js');
  const server = spawn(projectNode, [program, 'start', '--demo-if-empty', ...process.argv.slice(2)], {
    stdio: 'inherit',
    // Otherwise the program would start itself again to set it.
    env: projectEnv({ UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '16' }),
    cwd: process.env.INIT_CWD ?? root,
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
  server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
});

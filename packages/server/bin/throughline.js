#!/usr/bin/env node
// Finds a Node that is new enough and the built server, or its sources in a clone. Runs on old Nodes: plain syntax.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MINIMUM_NODE = 22;
/** The embedded store runs its statements on libuv's threads; each of its sessions needs one. */
const THREADS = '16';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const built = at('../dist/cli/cli.js');
const isBuilt = existsSync(built);
const isNewEnough = Number(process.versions.node.split('.')[0]) >= MINIMUM_NODE;

/** libuv reads the number of threads once, so it has to be in the environment from the start. */
const needsEnvironment = process.env.UV_THREADPOOL_SIZE === undefined;
const needsFlags = !isBuilt && !process.execArgv.includes('--conditions=throughline-source');

if (isNewEnough && !needsEnvironment && !needsFlags) {
  const { main } = await import(isBuilt ? '../dist/cli/cli.js' : '../src/cli/cli.ts');
  await main(JSON.parse(readFileSync(at('../package.json'), 'utf8')).version);
} else {
  runAgain();
}

function runAgain() {
  const node = isNewEnough
    ? process.execPath
    : [at('../../../node_modules/node/bin/node'), at('../node_modules/node/bin/node')].find((path) =>
        existsSync(path),
      );
  if (!node) {
    console.error(`Throughline needs Node ${MINIMUM_NODE} or newer; this is ${process.version}.`);
    process.exit(1);
  }
  const flags = isBuilt ? [] : ['--conditions=throughline-source'];
  const child = spawn(node, [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? THREADS },
  });
  // A terminal sends Ctrl-C to both; a supervisor sends its signal to this one only.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}

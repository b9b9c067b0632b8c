#!/usr/bin/env node
// Finds a Node that is new enough and the built server, or its sources in a clone. Runs on old Nodes: plain syntax.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The first one that has `node:sqlite` without a flag; the data folder is locked with it. */
const MINIMUM_NODE = [22, 13];
/** The embedded store runs its statements on libuv's threads; each of its sessions needs one. */
const THREADS = '16';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const built = at('../dist/cli/cli.js');
const isBuilt = existsSync(built);
const [major, minor] = process.versions.node.split('.').map(Number);
const isNewEnough = major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);

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
    console.error(`Throughline needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.version}.`);
    process.exit(1);
  }
  const flags = isBuilt ? [] : ['--conditions=throughline-source'];
  const args = [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const env = { ...process.env, UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? THREADS };
  if (typeof process.execve === 'function') become(node, args, env);
  runBelow(node, args, env);
}

/** This process becomes the other program: a signal that somebody sends to it, `kill -9` too, reaches the server. */
function become(node, args, env) {
  const { emitWarning } = process;
  // Node prints that the call is experimental.
  process.emitWarning = () => {};
  try {
    process.execve(node, [node, ...args], env);
  } catch {
    // The platform has no such call.
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** For Nodes that cannot replace themselves. The child ends when this process does, however it ends. */
function runBelow(node, args, env) {
  const child = spawn(node, args, {
    stdio: 'inherit',
    env: { ...env, THROUGHLINE_PARENT_PID: String(process.pid) },
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

import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Receiver } from '../../test-support/receiver.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await new Receiver().start();
});
afterEach(() => receiver.stop());

const entry = new URL('../index.ts', import.meta.url).href;

/**
 * Runs a script in its own process; returns its exit code and output. `proceed` settles when the script, which then
 * waits for its standard input, may go on. A request times out after an hour: a process that waits for one exceeds the
 * time limit of its test.
 */
async function run(script: string, { endpoint = receiver.url, proceed = Promise.resolve() } = {}) {
  const code = `import { init, observe, flush, shutdown, startTrace } from '${entry}';
    init({ endpoint: '${endpoint}', delivery: { exitTimeoutMs: 400, requestTimeoutMs: 3_600_000 } });
    ${script}
    console.log('end');`;
  const args = ['--conditions=throughline-source', '--input-type=module', '-e', code];
  const child = spawn(process.execPath, args, { stdio: 'pipe' });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  await proceed;
  child.stdin.end();
  return { exitCode: await closed, output };
}

describe('a short script', () => {
  it('delivers its spans and exits', async () => {
    const { exitCode, output } = await run(`observe(() => 1, { name: 'only' })();`);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: 'end\n' });
    expect(receiver.spans.map(({ name }) => name)).toEqual(['only']);
  });

  it('ends the spans of generators that were never read', async () => {
    const { exitCode } = await run(`globalThis.kept = observe(function* unread() { yield 1; })();`);
    expect(exitCode).toBe(0);
    expect(receiver.spans.map(({ name }) => name)).toEqual(['unread']);
  });

  it('exits if the server never responds, even while a request is in flight', async () => {
    receiver.answer = () => ({ hangs: true });
    const proceed = receiver.until(() => receiver.requests.length > 0);
    const script = `
      startTrace('a').end();
      for await (const _ of process.stdin);
      startTrace('b').end();`;
    const { exitCode, output } = await run(script, { proceed });
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: 'end\n' });
    expect(receiver.requests.length).toBeGreaterThan(0);
  });

  it('exits if the server is unreachable', async () => {
    const { exitCode, output } = await run(`startTrace('a').end();`, { endpoint: 'http://127.0.0.1:1' });
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: 'end\n' });
  });

  it('exits normally if the endpoint is not a valid URL', async () => {
    const { exitCode } = await run(`startTrace('a').end();`, { endpoint: 'not an address' });
    expect(exitCode).toBe(0);
  });

  it('keeps its own exit code and its own uncaught errors', async () => {
    const failed = await run(`startTrace('a').end(); observe(() => { throw new RangeError('mine'); })();`);
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toContain('RangeError: mine');
    expect((await run(`process.exitCode = 7;`)).exitCode).toBe(7);
  });
});

import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Receiver } from '../../test-support/receiver.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await new Receiver().start();
});
afterEach(() => receiver.stop());

const entry = new URL('../index.ts', import.meta.url).href;

/** Runs a script in its own process; returns its exit code, output, and how long it lived after it printed `end`. */
async function run(script: string, endpoint = receiver.url) {
  const code = `import { init, observe, flush, shutdown, startTrace } from '${entry}';
    init({ endpoint: '${endpoint}', delivery: { exitTimeoutMs: 400 } });
    ${script}
    console.log('end');`;
  const args = ['--conditions=throughline-source', '--input-type=module', '-e', code];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, endedAt] = ['', 0];
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (output.includes('end')) endedAt ||= performance.now();
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  return { exitCode, output, lingeredMs: performance.now() - endedAt };
}

describe('a short script', () => {
  it('delivers its spans and exits', async () => {
    const { exitCode, output } = await run(`observe(() => 1, { name: 'only' })();`);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: 'end\n' });
    expect(receiver.spans.map(({ name }) => name)).toEqual(['only']);
  });

  it('exits in time if the server never responds, even while a request is in flight', async () => {
    receiver.answer = () => ({ hangs: true });
    const { exitCode, output, lingeredMs } = await run(`
      startTrace('a').end();
      await new Promise((resolve) => setTimeout(resolve, 700));
      startTrace('b').end();`);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: 'end\n' });
    expect(receiver.requests.length).toBeGreaterThan(0);
    expect(lingeredMs).toBeLessThan(1_400);
  });

  it('exits in time if the server is unreachable', async () => {
    const { exitCode, output, lingeredMs } = await run(`startTrace('a').end();`, 'http://127.0.0.1:1');
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: 'end\n' });
    expect(lingeredMs).toBeLessThan(1_400);
  });

  it('exits normally if the endpoint is not a valid URL', async () => {
    const { exitCode } = await run(`startTrace('a').end();`, 'not an address');
    expect(exitCode).toBe(0);
  });

  it('keeps its own exit code and its own uncaught errors', async () => {
    const failed = await run(`startTrace('a').end(); observe(() => { throw new RangeError('mine'); })();`);
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toContain('RangeError: mine');
    expect((await run(`process.exitCode = 7;`)).exitCode).toBe(7);
  });
});

import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ApiTarget, CliError, getFromApi } from './api-client.ts';
import { paint, type Terminal } from './terminal.ts';

/** The example is part of a clone of the repository. The published package does not contain it. */
const PROGRAM = fileURLToPath(new URL('../../../../examples/rag/src/index.ts', import.meta.url));

export const DEMO_PROJECT = 'demo';

/** The exports of the example. */
interface Example {
  runDemo(options: {
    endpoint: string;
    project: string;
    apiKey?: string;
    onProgress?: (done: number, total: number) => void;
    signal?: AbortSignal;
  }): Promise<{ requests: number; failed: number; durationMs: number }>;
}

export function hasDemo(): boolean {
  return existsSync(PROGRAM);
}

/** Runs the example RAG application against the server, in the project `demo` unless another one is given. */
export async function demo(terminal: Terminal, target: ApiTarget, signal: AbortSignal): Promise<void> {
  const project = target.project ?? DEMO_PROJECT;
  await getFromApi(target, '/projects');
  const { runDemo } = await loadExample();
  terminal.err(`Running the example application against ${target.url}, project "${project}" …\n`);
  const { requests, failed, durationMs } = await runDemo({
    endpoint: target.url,
    project,
    signal,
    ...(target.apiKey === undefined ? {} : { apiKey: target.apiKey }),
  });
  terminal.out(
    `${requests} requests in ${(durationMs / 1000).toFixed(1)} s, ${failed} of them failed on purpose. ` +
      `See ${paint(terminal, 'cyan', `${target.url}/?project=${encodeURIComponent(project)}`)}\n`,
  );
}

async function loadExample(): Promise<Example> {
  if (!hasDemo()) {
    throw new CliError('The example application is part of the repository, not of this package.');
  }
  try {
    return (await import(pathToFileURL(PROGRAM).href)) as Example;
  } catch (error) {
    throw new CliError(
      `The example application cannot be loaded: ${error instanceof Error ? error.message : error}. Run "npm install" in the clone.`,
      1,
      error,
    );
  }
}

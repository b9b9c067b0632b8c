import type { FastifyBaseLogger } from 'fastify';

/** Of a line of the log. */
const MAX_REASON = 300;
/** Causes may be their own. */
const MAX_CAUSES = 8;

/**
 * What failed, on one short line: `code` of ClickHouse or else of the system, and the words of the innermost cause. Stacks, all causes and what statements they hold are for who asks with the level `debug`.
 */
export function logProblem(
  log: Pick<FastifyBaseLogger, 'error' | 'debug'>,
  message: string,
  error: unknown,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  if (error === undefined) {
    log.error(fields, message);
    return;
  }
  log.error({ ...fields, ...briefly(error) }, message);
  log.debug({ ...fields, err: error }, message);
}

/** Absent: no code is known. */
export function briefly(error: unknown): { readonly code?: string | number; readonly reason: string } {
  let code: string | number | undefined;
  let innermost = error;
  let next = error;
  for (let depth = 0; depth < MAX_CAUSES && next instanceof Error; depth += 1) {
    innermost = next;
    code = clickhouseCodeOf(next) ?? code ?? systemCodeOf(next);
    next = next.cause;
  }
  const words = innermost instanceof Error ? innermost.message : String(innermost);
  const [line = ''] = words.trim().split('\n', 1);
  const reason = line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line;
  return { ...(code !== undefined && { code }), reason };
}

function clickhouseCodeOf(error: Error): number | undefined {
  return 'clickhouseCode' in error && typeof error.clickhouseCode === 'number'
    ? error.clickhouseCode
    : undefined;
}

function systemCodeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

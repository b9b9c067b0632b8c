import type { FastifyBaseLogger } from 'fastify';

/** Maximum length of the reason in a line of the log. */
const MAX_REASON = 300;
/** The chain of causes can be circular. */
const MAX_CAUSES = 8;

/**
 * Logs a failure as one short line: the code of ClickHouse or of the system, and the message of the innermost cause.
 * The level `debug` also logs the stack and all causes, which may contain SQL statements.
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

/** The code is absent if no cause has one. */
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

import { ThroughlineError } from '../errors/errors.ts';

/** Converts any error of a route, a hook or the framework. */
export function toThroughlineError(error: unknown): ThroughlineError {
  if (error instanceof ThroughlineError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new ThroughlineError(
      'unsupported-content-type',
      'the content type cannot be read, expected application/json or, for OTLP, application/x-protobuf',
      { cause: error },
    );
  if (status >= 400 && status < 500)
    return new ThroughlineError('malformed-body', error instanceof Error ? error.message : 'bad request', {
      cause: error,
    });
  return new ThroughlineError('internal', 'the server failed; its log has the cause', { cause: error });
}

/** What a reason means to a reader, and what to do about it. */
export interface Reason {
  readonly title: string;
  readonly advice: string;
  /** What is counted. */
  readonly unit: 'records' | 'requests';
}

const record = (title: string, advice: string): Reason => ({ title, advice, unit: 'records' });
const request = (title: string, advice: string): Reason => ({ title, advice, unit: 'requests' });
const AGAIN = 'Exporters try again by themselves; nothing is lost if it passes soon.';

const REASONS: Readonly<Record<string, Reason>> = {
  'invalid-trace-id': record('The trace id is not valid', 'Send 16 bytes that are not all zeros.'),
  'invalid-span-id': record('The span id is not valid', 'Send 8 bytes that are not all zeros.'),
  'invalid-parent-span-id': record(
    'The parent span id is not valid',
    'Send 8 bytes, or none for the root of a trace.',
  ),
  'missing-start-time': record('The start time is missing', 'Set it, in nanoseconds since 1970.'),
  'missing-time': record('The time is missing', 'Set it, in nanoseconds since 1970.'),
  'time-out-of-range': record(
    'A time is too far in the future',
    'It lies after 2262. Look whether it is in nanoseconds.',
  ),
  malformed: record(
    'A field cannot be read',
    'The message names the field, what it is and what was expected.',
  ),
  'nested-too-deep': record('An attribute is nested too deep', 'Send large structures as JSON text.'),
  'too-many-values': record('There are too many values', 'Send large structures as JSON text.'),
  'not-gen-ai': record(
    'A log record that is no GenAI event',
    'Throughline keeps the content of GenAI spans and is no store of logs. Send other records elsewhere.',
  ),
  'no-trace-context': record('An event that belongs to no span', 'Emit it while its span is active.'),
  'unsupported-metric': record(
    'A metric that is not kept',
    'Histograms, sums and gauges named gen_ai.* are kept. Send other metrics elsewhere.',
  ),
  'invalid-project': record('The project name is not valid', 'It has 1 to 128 printable characters.'),
  'malformed-body': request(
    'The body cannot be read',
    'Its content type or encoding says something else than what it holds.',
  ),
  'body-too-large': request('The body is too large', 'Send smaller batches, or raise the limit.'),
  'unsupported-content-type': request(
    'The content type is not supported',
    'Send OTLP as application/x-protobuf or application/json.',
  ),
  'unsupported-content-encoding': request(
    'The compression is not supported',
    'Use gzip, deflate, zstd or none.',
  ),
  overloaded: request('The server had too much at once', AGAIN),
  'journal-full': request('The journal was full', AGAIN),
  'journal-unavailable': request('The disk could not be written', AGAIN),
  'shutting-down': request('The server was stopping', AGAIN),
  internal: request('The server failed', 'This is a defect; the log of the server has the cause.'),
};

/** A reason that is not in the table is shown by its code. */
export function reasonOf(code: string): Reason {
  const known = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return known ?? { title: code, advice: '', unit: 'records' };
}

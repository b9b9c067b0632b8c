/** For senders, who cannot see the log. They learn no path. */
const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'a file may not become so large'],
  ['EROFS', 'the file system is read-only'],
  ['EACCES', 'the folder may not be written'],
  ['EPERM', 'the folder may not be written'],
  ['ENOENT', 'the folder is gone'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['EIO', 'the disk failed'],
]);

/** `: the disk is full`; empty where it is none that senders need to know. */
export function diskReasonOf(error: unknown): string {
  const reason = error instanceof Error && 'code' in error ? REASONS.get(error.code) : undefined;
  return reason === undefined ? '' : `: ${reason}`;
}

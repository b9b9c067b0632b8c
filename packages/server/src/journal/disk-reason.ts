/** Reasons for senders, who cannot see the log. They contain no paths. */
const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file is too large for the file system'],
  ['EROFS', 'the file system is read-only'],
  ['EACCES', 'the folder is not writable'],
  ['EPERM', 'the folder is not writable'],
  ['ENOENT', 'the folder does not exist'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['EIO', 'the disk failed'],
]);

/** Returns a text such as `: the disk is full`. Empty for reasons that senders do not need. */
export function diskReasonOf(error: unknown): string {
  const reason = error instanceof Error && 'code' in error ? REASONS.get(error.code) : undefined;
  return reason === undefined ? '' : `: ${reason}`;
}

/**
 * The server cannot start for a reason that its operator can fix. The message states the problem and the fix, so the
 * command line prints it without a stack trace.
 */
export class StartupError extends Error {}

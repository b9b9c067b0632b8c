/**
 * The server cannot start, for a reason that the person who starts it can mend. The message says what is wrong and what
 * to do about it, so the command line prints it without a stack trace.
 */
export class StartupError extends Error {}

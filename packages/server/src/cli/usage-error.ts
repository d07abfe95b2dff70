/** A command line that cannot be meant so: one line on stderr and exit code 2. */
export class UsageError extends Error {}

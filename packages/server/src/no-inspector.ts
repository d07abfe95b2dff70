/**
 * Imported before anything else by each process. SIGUSR1 makes Node open its inspector on a port, through which any
 * process of the same user runs code here; having a handler is what prevents it.
 */
process.on('SIGUSR1', () => undefined)

/** What is to be done when the terminal is closed under a process that ends in order of itself. */
import { closeSync } from 'node:fs'

/**
 * To be called on SIGHUP. Node gives the terminal its modes back when it ends, and aborts where that fails because the
 * terminal is gone; it passes over descriptors that are closed.
 */
export function forgetTerminal(): void {
  process.once('exit', () => {
    for (const fd of [0, 1, 2]) {
      try {
        closeSync(fd)
      } catch {
        // closed already
      }
    }
  })
}

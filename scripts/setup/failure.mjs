/** A reason to stop that a person can act on: shown as one line, without a stack. */
export class SetupFailure extends Error {}

/** Runs `main`; a SetupFailure ends the process with its line on stderr and exit code 1. */
export async function orOneLine(main) {
  try {
    return await main()
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    console.error(`ctscope: ${error.message}`)
    process.exit(1)
  }
}

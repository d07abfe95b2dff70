/**
 * Skips that CI accepts, each with the reason why no CI machine can run it. Everything else that is skipped there
 * counts as failed.
 * @type {{ name: RegExp, because: string }[]}
 */
export const allowedSkips = []

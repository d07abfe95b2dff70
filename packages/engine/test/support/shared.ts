// Data too large for the repository (captures, the kernel's answers, the oracle) lies in a folder beside the checkout.
import { fileURLToPath } from 'node:url'

/** Absolute path of the checkout. */
export const repositoryDir = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '')

/** Absolute path of the shared data; may not exist: ask `missing({ shared: … })` first. */
export const sharedDir = fileURLToPath(new URL('../../../../../shared', import.meta.url))

// Support for tests of every package, imported as `@ctscope/engine/testing`.
export { describeNeeding, findCommand, missing, type Requirements } from './requirements.ts'
export { repositoryDir, sharedDir } from './shared.ts'

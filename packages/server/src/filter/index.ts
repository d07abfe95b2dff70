/** The filter language: one grammar for the search box, REST and the command line. Browser-safe. */
export { FilterError, type Filter } from './ast.ts'
export { FIELDS, TCP_FLAG_NAMES, type Field, type FieldType, type Subject } from './fields.ts'
export { MAX_FILTER_DEPTH, MAX_FILTER_LENGTH, MAX_FILTER_TERMS, parseFilter } from './parse.ts'
export { compileFilter, type Accessor, type Predicate } from './compile.ts'
export { completeFilter, type Completion, type Suggestion } from './complete.ts'

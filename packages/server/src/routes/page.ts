import type { Type } from 'typebox'
import { ErrorSchema, Page } from '../api/rest.ts'

/** The answers of a list, for its schema. */
export function listAnswers<T extends Parameters<typeof Type.Array>[0]>(item: T) {
  return { 200: Page(item), '4xx': ErrorSchema, '5xx': ErrorSchema }
}

/** The answers of anything else. */
export function answers<T extends Parameters<typeof Type.Array>[0]>(body: T) {
  return { 200: body, '4xx': ErrorSchema, '5xx': ErrorSchema }
}

export const DEFAULT_PAGE = 100

/**
 * Every code that an answer's `code` may hold, with its HTTP status. Stable within /api/v1; additive.
 * The engine's and supervisor's own codes are here too, since their errors are handed on as they are.
 */
export const STATUS_OF_ERROR = {
  // What was asked is not well-formed.
  ERR_VALIDATION: 400,
  ERR_FILTER: 400,
  ERR_SORT: 400,
  ERR_CURSOR: 400,
  ERR_BPF: 400,
  ERR_INTERFACE: 400,
  ERR_MESSAGE: 400,
  ERR_NO_SUCH_DEVICE: 400,
  ERR_CAPTURE_OPTION: 400,
  // The door.
  ERR_TOKEN: 401,
  ERR_HOST: 403,
  ERR_ORIGIN: 403,
  ERR_CAPTURE_PERMISSION: 403,
  // What was asked for is not there, or no longer.
  ERR_NOT_FOUND: 404,
  ERR_METHOD: 405,
  ERR_CURSOR_EXPIRED: 410,
  // It cannot be done with what is running.
  ERR_NOT_A_FILE: 409,
  ERR_NOT_LIVE: 409,
  ERR_NO_ENGINE: 409,
  ERR_CAPTURE_OPEN: 409,
  ERR_CAPTURE_READ: 409,
  ERR_INTERFACE_DOWN: 409,
  ERR_INTERFACE_GONE: 409,
  ERR_LINK_TYPE: 409,
  ERR_CAPTURE_FILE_OPEN: 409,
  ERR_CAPTURE_FILE_READ: 409,
  ERR_CAPTURE_FILE_FORMAT: 409,
  ERR_CAPTURE_FILE_CORRUPT: 409,
  ERR_CAPTURE_FILE_CUT: 409,
  ERR_TOO_LARGE: 413,
  ERR_URI_TOO_LONG: 414,
  ERR_TOO_MANY: 429,
  ERR_HEADERS_TOO_LARGE: 431,
  ERR_INTERNAL: 500,
  ERR_IPC: 503,
  ERR_RIGHTS: 503,
  ERR_CAPTURE_UNAVAILABLE: 503,
  ERR_ENGINE_LOST: 503,
  ERR_ENGINE_TIMEOUT: 504,
} as const

export type ErrorCode = keyof typeof STATUS_OF_ERROR

/** The status of a code; 500 for one that is not in the table. */
export function statusOfError(code: string): number {
  return Object.hasOwn(STATUS_OF_ERROR, code) ? STATUS_OF_ERROR[code as ErrorCode] : 500
}

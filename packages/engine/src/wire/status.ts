export { DecodeStatus } from '../model/decode-status.ts'

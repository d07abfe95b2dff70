export * from './records.ts'
export { decodeCommand, decodeMessage, encodeCommand, MessageEncoder } from './codec.ts'
export { FrameReader, MAX_COMMAND_FRAME_BYTES, MAX_ENGINE_FRAME_BYTES } from './frame.ts'

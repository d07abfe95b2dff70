/** A packet's direction on its connection. Original is that of the packet that created the entry. */
export const Dir = { Original: 0, Reply: 1 } as const
export type Dir = (typeof Dir)[keyof typeof Dir]

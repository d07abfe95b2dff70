import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SlotQueue } from './slot-queue.ts'

it('gives slots back in their order, each once, however they are pushed', () => {
  fc.assert(
    // Negative: take one out.
    fc.property(fc.array(fc.integer({ min: -3, max: 7 }), { maxLength: 200 }), (steps) => {
      const queue = new SlotQueue(8)
      const model: number[] = []
      for (const step of steps) {
        if (step < 0) expect(queue.shift()).toBe(model.shift() ?? -1)
        else {
          queue.push(step)
          if (!model.includes(step)) model.push(step)
        }
        expect(queue.length).toBe(model.length)
      }
    }),
  )
})

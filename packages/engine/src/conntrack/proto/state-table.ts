/**
 * Compiles a state table written as text into bytes: a row is what came, a column the state before, a cell the state
 * after. Throws at load on a wrong row, count or name.
 */
export function compileStateTable(
  tables: readonly string[],
  events: readonly string[],
  states: readonly string[],
  special: Readonly<Record<string, number>>,
): Uint8Array {
  const out = new Uint8Array(tables.length * events.length * states.length)
  tables.forEach((text, dir) => {
    const [head, ...rows] = text
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
    if (head!.join() !== states.join()) throw new Error(`state table ${dir}: columns are ${head!.join(' ')}`)
    if (rows.length !== events.length) throw new Error(`state table ${dir}: ${rows.length} rows`)
    rows.forEach(([name, ...cells], event) => {
      if (name !== events[event]) throw new Error(`state table ${dir}: row ${event} is ${name}`)
      if (cells.length !== states.length) throw new Error(`state table ${dir}: row ${name} has ${cells.length} cells`)
      cells.forEach((cell, state) => {
        const next = states.indexOf(cell)
        const value = next >= 0 ? next : special[cell]
        if (value === undefined) throw new Error(`state table ${dir}: ${cell} in row ${name}`)
        out[(dir * events.length + event) * states.length + state] = value
      })
    })
  })
  return out
}

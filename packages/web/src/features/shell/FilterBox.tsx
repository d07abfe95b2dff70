import { useEffect, useRef, useState } from 'react'
import type { Completion } from '@ctscope/server/filter'
import { complete, filterProblem, paint, subjectOf, type FilterProblem } from '../../filter/language.ts'
import { count } from '../../format/number.ts'
import { navigate, showConnections } from '../../route/navigate.ts'
import { useStore } from '../../store/index.ts'
import { StateShape } from '../../ui/StateMark.tsx'
import { FILTER_INPUT_ID } from './keys.ts'

/** Typing settles this long before the view is asked for. */
const SETTLE_MS = 250
const NO_COMPLETION: Completion = { from: 0, to: 0, suggestions: [] }

/** The query box: the grammar painted while it is typed, the wrong column marked, completion from the table of fields. */
export function FilterBox() {
  const view = useStore((state) => state.route.view)
  const text = useStore((state) => state.filterDraft)
  const setDraft = useStore((state) => state.setFilterDraft)
  const serverError = useStore((state) => state.tableError)
  const [completion, setCompletion] = useState(NO_COMPLETION)
  const [chosen, setChosen] = useState(-1)
  const [scroll, setScroll] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(settling.current), [])

  const subject = subjectOf(view) ?? 'connections'
  const problem = filterProblem(text, subject) ?? (view === 'connections' ? problemOf(serverError) : null)
  const suggestions = completion.suggestions
  const isOpen = suggestions.length > 0

  const close = () => {
    setCompletion(NO_COMPLETION)
    setChosen(-1)
  }
  const suggest = (value: string, cursor: number) => {
    setCompletion(complete(value, cursor, subject))
    setChosen(-1)
  }
  const apply = (value: string, how: 'push' | 'replace') => {
    clearTimeout(settling.current)
    if (filterProblem(value, subject) !== null) return
    if (subjectOf(view) !== null) navigate({ filter: value.trim() }, how)
    else if (how === 'push') showConnections(value.trim())
  }
  const change = (value: string, cursor: number) => {
    setDraft(value)
    suggest(value, cursor)
    clearTimeout(settling.current)
    if (subjectOf(view) !== null) settling.current = setTimeout(() => apply(value, 'replace'), SETTLE_MS)
  }
  const accept = (index: number) => {
    const { from, to } = completion
    const insert = `${suggestions[index]!.insert} `
    const value = text.slice(0, from) + insert + text.slice(to).trimStart()
    const cursor = from + insert.length
    change(value, cursor)
    requestAnimationFrame(() => input.current?.setSelectionRange(cursor, cursor))
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!isOpen) return suggest(text, input.current?.selectionStart ?? text.length)
      const step = event.key === 'ArrowDown' ? 1 : -1
      return setChosen((chosen + step + suggestions.length + (chosen < 0 && step < 0 ? 1 : 0)) % suggestions.length)
    }
    if (event.key === 'Tab' && isOpen && text !== '' && !event.shiftKey) {
      event.preventDefault()
      return accept(Math.max(0, chosen))
    }
    if (event.key === 'Enter') {
      if (chosen >= 0) return accept(chosen)
      close()
      apply(text, 'push')
      return input.current?.blur()
    }
    if (event.key === 'Escape' && isOpen) {
      event.preventDefault()
      close()
    }
  }

  return (
    <div className="query" role="search" data-wrong={problem !== null && text !== ''}>
      <div className="query-field">
        <div className="query-paint" aria-hidden="true">
          <span style={{ transform: `translateX(${-scroll}px)` }}>
            {paint(text, problem?.column ?? null).map((piece, index) => (
              <span key={index} className={`${piece.kind}${piece.wrong ? ' wrong' : ''}`}>
                {piece.text}
              </span>
            ))}
          </span>
        </div>
        <input
          id={FILTER_INPUT_ID}
          ref={input}
          value={text}
          placeholder={PLACEHOLDERS[subjectOf(view) ?? 'none']}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          role="combobox"
          aria-label={`Filter ${subject}`}
          aria-expanded={isOpen}
          aria-controls="filter-suggestions"
          aria-autocomplete="list"
          aria-activedescendant={chosen >= 0 ? `suggestion-${chosen}` : undefined}
          aria-invalid={problem !== null}
          aria-describedby={problem !== null ? 'filter-problem' : undefined}
          onChange={(event) => change(event.target.value, event.target.selectionStart ?? event.target.value.length)}
          onKeyDown={onKeyDown}
          onScroll={(event) => setScroll(event.currentTarget.scrollLeft)}
          onFocus={() => text === '' && suggest('', 0)}
          onBlur={close}
        />
      </div>
      <QueryEnd />
      {isOpen && (
        <ul className="popover suggestions" id="filter-suggestions" role="listbox" aria-label="Completion">
          {suggestions.map(({ insert, what, kind }, index) => (
            <li
              key={`${kind} ${insert}`}
              id={`suggestion-${index}`}
              role="option"
              aria-selected={index === chosen}
              className={kind}
              ref={(element) => {
                if (index === chosen) element?.scrollIntoView({ block: 'nearest' })
              }}
              onPointerDown={(event) => {
                event.preventDefault()
                accept(index)
              }}
            >
              <span className="mono">{insert}</span>
              <span className="dim">{what}</span>
            </li>
          ))}
        </ul>
      )}
      {problem !== null && text !== '' && (
        <div className="popover query-problem" id="filter-problem" role="status" hidden={isOpen}>
          <span className="INVALID">
            Column {problem.column}: {problem.message}.
          </span>{' '}
          <span className="dim">{problem.hint}</span>
        </div>
      )}
    </div>
  )
}

const PLACEHOLDERS = {
  connections: 'Filter: ct.state == RELATED, port 21, 10.0.0.1 …',
  packets: 'Filter packets: ct.state == INVALID, tcp.flags == RST …',
  transitions: 'Filter transitions: to RELATED, from.tcp == SYN_SENT …',
  none: 'Find connections: port 21, 10.0.0.1 … and Enter',
}

function problemOf(error: ReturnType<typeof useStore.getState>['tableError']): FilterProblem | null {
  return error?.column === undefined ? null : { column: error.column, message: error.message, hint: error.hint }
}

/** At the box's end: how many of how many, whether ended ones are among them, or the key that leads here. */
function QueryEnd() {
  const { view, filter, ended } = useStore((state) => state.route)
  const total = useStore((state) => state.table.total)
  const known = useStore((state) => (state.stats === null ? null : state.stats.entries + (ended ? state.stats.ended : 0)))
  if (view !== 'connections') return <kbd>/</kbd>
  return (
    <>
      <span className="query-count dim">
        {filter === '' || known === null ? count(total) : `${count(total)} of ${count(Math.max(total, known))}`}
      </span>
      <button
        className={`toggle ${ended ? 'on' : ''}`}
        aria-pressed={ended}
        title={ended ? 'Recently ended ones are shown; choose to leave them out' : 'Recently ended ones are left out; choose to show them'}
        onClick={() => navigate({ ended: !ended })}
      >
        <StateShape state="ENDED" />
        ended
      </button>
      <kbd>/</kbd>
    </>
  )
}

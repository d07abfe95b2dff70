import { useEffect, useRef } from 'react'
import { fieldsOf, subjectOf } from '../../filter/language.ts'
import { VIEWS } from '../../route/route.ts'
import { useStore } from '../../store/index.ts'
import { StateMark, type MarkedState } from '../../ui/StateMark.tsx'
import { Icon } from '../../ui/icons.tsx'
import { VIEW_TITLES } from './view-titles.ts'

const KEYS: readonly [string, string][] = [
  ['/', 'to the filter'],
  ['j k ↓ ↑', 'through the rows'],
  ['g G', 'to the first, to the last row'],
  ['Enter', 'open the row'],
  ['f', 'filter by a value of the row'],
  ['Esc', 'close what is open'],
  ['p', 'freeze, and go on'],
  [`1 … ${VIEWS.length}`, VIEWS.map((view) => VIEW_TITLES[view]).join(', ')],
]

const EXAMPLES: readonly [string, string][] = [
  ['ct.state == RELATED && master.helper == ftp', 'data connections of FTP'],
  ['ip.addr == 10.0.0.0/8', 'either address in a network'],
  ['tcp.state in {SYN_SENT, SYN_RECV}', 'handshakes under way'],
  ['!(proto == udp)', 'all but UDP'],
  ['reason contains window', 'by a word of the reason'],
  ['bytes > 1M', 'the large ones'],
]

const STATES: readonly [MarkedState, string][] = [
  ['NEW', 'No answer was seen yet: the first packet, and all after it in the same direction.'],
  ['ESTABLISHED', 'An answer was seen. For TCP that is the SYN/ACK, before the handshake is over.'],
  ['RELATED', 'Announced by another connection (an FTP data connection), or an ICMP error about one.'],
  ['INVALID', 'Fits no connection and may begin none, or does not fit its connection. The reason is given with it.'],
  ['ENDED', 'The entry is no longer in the table; its cause stands in its place.'],
]

/** Keys, filter words and what the states mean. */
export function Help() {
  const isOpen = useStore((state) => state.isHelpOpen)
  return isOpen ? <HelpDialog /> : null
}

function HelpDialog() {
  const setHelp = useStore((state) => state.setHelp)
  const view = useStore((state) => state.route.view)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const subject = subjectOf(view) ?? 'connections'
  return (
    <dialog
      ref={dialog}
      className="help"
      aria-labelledby="help-title"
      onClose={() => setHelp(false)}
      onClick={(event) => event.target === dialog.current && setHelp(false)}
    >
      <div className="help-body">
        <div className="help-head">
          <h2 id="help-title">Keys, filter and states</h2>
          <button className="button" aria-label="Close help" onClick={() => setHelp(false)}>
            <Icon name="close" /> <kbd>Esc</kbd>
          </button>
        </div>
        <div className="help-columns">
          <section>
            <h3>Keys</h3>
            <dl className="pairs">
              {KEYS.map(([key, what]) => (
                <div key={key}>
                  <dt>{key.split(' ').map((each) => (each === '…' ? ' … ' : <kbd key={each}>{each}</kbd>))}</dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
            <h3>States</h3>
            <dl className="help-states">
              {STATES.map(([state, what]) => (
                <div key={state}>
                  <dt>
                    <StateMark state={state} word={state === 'ENDED' ? 'ended' : state} />
                  </dt>
                  <dd className="dim">{what}</dd>
                </div>
              ))}
            </dl>
          </section>
          <section>
            <h3>Filter</h3>
            <dl className="pairs wide">
              {EXAMPLES.map(([example, what]) => (
                <div key={example}>
                  <dt className="mono">{example}</dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
            <h3>Words for {subject}</h3>
            <dl className="pairs wide fields">
              {fieldsOf(subject).map(({ name, what }) => (
                <div key={name}>
                  <dt className="mono">{name}</dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        </div>
      </div>
    </dialog>
  )
}

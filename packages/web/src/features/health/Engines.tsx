import type { Stats } from '@ctscope/server/api/rest'
import { DEFAULT_SETTINGS } from '@ctscope/engine/model'
import { count } from '../../format/number.ts'

type Engine = Stats['engines'][number]

/** Each capture's engine: what it holds of rights, how often it was started, when nothing was seen. */
export function Engines({ engines }: { engines: readonly Engine[] }) {
  if (engines.length === 0) return <p className="warn">No engine runs: nothing is captured.</p>
  return (
    <div className="health-columns">
      {engines.map((engine) => (
        <section key={engine.id} className="card health-card">
          <h2 className="card-title">
            Engine on {engine.interface}: {engine.state}
          </h2>
          <dl className="pairs">
            <Fact name="process" text={`${engine.pid}, ${count(engine.threads)} threads`} />
            <Fact
              name="rights"
              text={`uid ${engine.uid}, ${engine.capabilities.length === 0 ? 'no capabilities' : engine.capabilities.join(', ')}`}
              isBad={engine.uid === 0 || engine.capabilities.length > 0}
            />
            <Fact name="epoch" text={`${engine.epoch}${engine.restarts > 0 ? `, started again ${engine.restarts} times` : ''}`} />
            <Fact
              name="helpers assumed"
              text={
                engine.helpers.length === 0 ? 'none' : engine.helpers.map(({ helper, l4, port }) => `${helper} ${l4}/${port}`).join(', ')
              }
            />
            <Fact name="settings that differ from the kernel’s defaults" text={changedSettings(engine)} />
          </dl>
          {engine.notes.map((note) => (
            <p key={note} className="dim">
              {note}
            </p>
          ))}
        </section>
      ))}
    </div>
  )
}

function Fact({ name, text, isBad = false }: { name: string; text: string; isBad?: boolean }) {
  return (
    <div>
      <dt className="dim">{name}</dt>
      <dd className={isBad ? 'INVALID' : ''}>{text}</dd>
    </div>
  )
}

function changedSettings({ settings }: Engine): string {
  const defaults: Record<string, number> = DEFAULT_SETTINGS
  const changed = Object.entries(settings).filter(([name, value]) => name in defaults && defaults[name] !== value)
  return changed.length === 0 ? 'none' : changed.map(([name, value]) => `${name}=${value}`).join(', ')
}

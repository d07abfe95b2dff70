import { setFrozen } from '../../live/client.ts'
import { goTo } from '../../route/navigate.ts'
import { useStore } from '../../store/index.ts'
import { Icon } from '../../ui/icons.tsx'
import { CapturePill } from '../capture/CapturePill.tsx'
import { FilterBox } from './FilterBox.tsx'
import { NEXT_THEME, chooseTheme } from './theme.ts'

export function TopBar() {
  return (
    <header className="top">
      <button className="mark" onClick={() => goTo('connections')}>
        <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
          <path d="M2 9h4l2-5 3 10 2-5h3" fill="none" stroke="var(--est)" strokeWidth="2" strokeLinejoin="round" strokeLinecap="round" />
        </svg>
        <span className="mark-word">ctscope</span>
      </button>
      <CapturePill />
      <FilterBox />
      <FreezeButton />
      <ThemeButton />
      <button className="button" aria-label="Help: keys and filter words" onClick={() => useStore.getState().setHelp(true)}>
        ?
      </button>
    </header>
  )
}

function FreezeButton() {
  const isFrozen = useStore((state) => state.frozenAt !== null)
  return (
    <button
      className="button freeze"
      aria-pressed={isFrozen}
      aria-label={isFrozen ? 'Go on' : 'Freeze'}
      onClick={() => setFrozen(!isFrozen)}
    >
      <span className="freeze-word">{isFrozen ? 'Go on' : 'Freeze'}</span> <kbd>p</kbd>
    </button>
  )
}

function ThemeButton() {
  const theme = useStore((state) => state.theme)
  const next = NEXT_THEME[theme]
  return (
    <button
      className="button theme"
      aria-label={`Theme: ${theme}. Change to ${next}`}
      title={`Theme: ${theme}`}
      onClick={() => chooseTheme(next)}
    >
      <Icon name={theme === 'system' ? 'screen' : theme === 'light' ? 'sun' : 'moon'} />
    </button>
  )
}

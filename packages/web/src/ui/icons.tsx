import type { ViewId } from '../route/route.ts'

const PATHS: Record<ViewId | 'clock' | 'sun' | 'moon' | 'screen' | 'close' | 'back' | 'up' | 'alert', string> = {
  connections: 'M2 4h12M2 8h12M2 12h8',
  ftp: 'M3 3h7v4H3zM9 9h5v4H9zM6 7v4h3',
  expectations: 'M8 2a6 6 0 100 12A6 6 0 008 2zM8 5v3l2 2',
  packets: 'M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z',
  transitions: 'M2 8h9M8 5l3 3-3 3M14 3v10',
  health: 'M1 9h3l2-5 3 9 2-4h4',
  clock: 'M8 2a6 6 0 100 12A6 6 0 008 2zM8 5v3l2 2',
  sun: 'M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 016.5 3 5.5 5.5 0 1013 9.5z',
  screen: 'M2 3h12v8H2zM6 14h4M8 11v3',
  close: 'M4 4l8 8M12 4l-8 8',
  back: 'M13 8H3M7 4L3 8l4 4',
  up: 'M8 13V3M4 7l4-4 4 4',
  alert: 'M8 2l6.5 11.5h-13zM8 6.5v3.5M8 11.8v.2',
}

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className="icon"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinejoin="round"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}

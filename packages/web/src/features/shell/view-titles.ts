import type { ViewId } from '../../route/route.ts'

export const VIEW_TITLES: Record<ViewId, string> = {
  connections: 'Connections',
  ftp: 'FTP',
  expectations: 'Expectations',
  packets: 'Packets',
  transitions: 'Transitions',
  health: 'Health',
}

/** Light, dark, or as the system has it; kept on this machine. */
import { useStore } from '../../store/index.ts'
import type { Theme } from '../../store/ui.ts'

const KEY = 'ctscope.theme'

export const NEXT_THEME: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
  applyTheme(theme)
}

export function restoreTheme(): void {
  const kept = localStorage.getItem(KEY)
  applyTheme(kept === 'light' || kept === 'dark' ? kept : 'system')
}

function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  useStore.getState().setTheme(theme)
}

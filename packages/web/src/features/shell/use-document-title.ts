import { useEffect } from 'react'
import { useStore } from '../../store/index.ts'
import { VIEW_TITLES } from './view-titles.ts'

/** The browser's tab says whether the capture runs, also while another is in front. */
export function useDocumentTitle(): void {
  const title = useStore(({ socket, capture, route, frozenAt }) => {
    const where =
      capture === null ? '' : capture.kind === 'file' ? ` ${capture.file?.split('/').at(-1) ?? ''}` : ` ${capture.interfaces.join('+')}`
    const state =
      socket !== 'live'
        ? 'not connected'
        : frozenAt !== null
          ? 'frozen'
          : capture === null || capture.state === 'running'
            ? ''
            : capture.state
    return `${state === '' ? '' : `(${state}) `}${VIEW_TITLES[route.view]}${where} · ctscope`
  })
  useEffect(() => {
    document.title = title
  }, [title])
}

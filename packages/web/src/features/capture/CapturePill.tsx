import { useEffect, useRef, useState } from 'react'
import type { Capture } from '@ctscope/server/api/rest'
import { count } from '../../format/number.ts'
import { useStore } from '../../store/index.ts'
import { lostPackets } from '../../store/live.ts'
import { CapturePopover } from './CapturePopover.tsx'

/** Always in view: what is captured, how fast, what was lost, and whether the page is connected. */
export function CapturePill() {
  const [isOpen, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const socket = useStore((state) => state.socket)
  const capture = useStore((state) => state.capture)
  const rate = useStore((state) => Math.round(state.stats?.packetsPerSecond ?? 0))
  const lost = useStore((state) => (state.stats === null ? 0 : lostPackets(state.stats)))
  useEffect(() => {
    if (!isOpen) return
    const close = (event: Event) => {
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !root.current?.contains(event.target as Node)) {
        if (event instanceof KeyboardEvent) event.stopPropagation()
        setOpen(false)
      }
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('keydown', close, true)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('keydown', close, true)
    }
  }, [isOpen])
  const isConnected = socket === 'live'
  return (
    <div className="capture" ref={root}>
      <button className="pill" aria-expanded={isOpen} aria-haspopup="dialog" onClick={() => setOpen(!isOpen)}>
        <span className={`lamp ${isConnected ? (capture?.state ?? 'waiting') : 'cut'}`} aria-hidden="true" />
        <span className="pill-name">{capture === null ? 'no capture yet' : captureName(capture)}</span>
        {!isConnected && capture !== null && <span className="INVALID">not connected</span>}
        {isConnected && capture !== null && capture.state !== 'running' && <span className="warn">{capture.state}</span>}
        {isConnected && capture?.state === 'running' && <span className="dim pill-rate">{count(rate)} pkt/s</span>}
        {capture !== null && <span className={lost > 0 ? 'INVALID pill-lost' : 'dim pill-lost'}>{count(lost)} lost</span>}
        {capture !== null && capture.filter !== '' && <span className="chip mono pill-filter">{capture.filter}</span>}
      </button>
      {isOpen && capture !== null && <CapturePopover capture={capture} />}
    </div>
  )
}

export function captureName(capture: Capture): string {
  if (capture.kind === 'file') return (capture.file ?? 'file').split('/').at(-1)!
  return capture.interfaces.join(' + ')
}

import type { SocketFailure } from '../../live/socket.ts'

const WORDS: Record<SocketFailure, { title: string; text: string; command?: string }> = {
  'no-token': {
    title: 'Open the link that ctscope printed',
    text: 'The page needs the key that is in the link, so that no other user of this machine and no other page in this browser gets in. The link stands in the terminal where ctscope was started:',
    command: 'http://127.0.0.1:4040/#token=…',
  },
  refused: {
    title: 'ctscope was started anew: open the new link',
    text: 'The key that this page holds is from an earlier run, and is refused. The new link stands in the terminal where ctscope was started:',
    command: 'http://127.0.0.1:4040/#token=…',
  },
  version: {
    title: 'Load this page again',
    text: 'ctscope was replaced by another version, which this page does not understand. Loading it again gets the page that belongs to it.',
  },
}

/** In place of everything where trying again cannot help. */
export function StoppedPage({ failure }: { failure: SocketFailure }) {
  const { title, text, command } = WORDS[failure]
  return (
    <main className="stopped" role="alert">
      <h1>{title}</h1>
      <p>{text}</p>
      {command !== undefined && <pre>{command}</pre>}
      {failure === 'version' && (
        <button className="button main" onClick={() => location.reload()}>
          Load again
        </button>
      )}
    </main>
  )
}

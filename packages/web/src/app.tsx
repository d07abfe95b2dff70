import { useEffect } from 'react'
import { ConnectionPanel } from './features/connection/ConnectionPanel.tsx'
import { ConnectionTable } from './features/connections/ConnectionTable.tsx'
import { ExpectationsView } from './features/expectations/ExpectationsView.tsx'
import { FtpView } from './features/ftp/FtpView.tsx'
import { HealthView } from './features/health/HealthView.tsx'
import { PacketsView } from './features/packets/PacketsView.tsx'
import { Banner } from './features/shell/Banner.tsx'
import { Footer } from './features/shell/Footer.tsx'
import { Help } from './features/shell/Help.tsx'
import { usePageKeys } from './features/shell/keys.ts'
import { Rail } from './features/shell/Rail.tsx'
import { StoppedPage } from './features/shell/StoppedPage.tsx'
import { TopBar } from './features/shell/TopBar.tsx'
import { useDocumentTitle } from './features/shell/use-document-title.ts'
import { TransitionsView } from './features/transitions/TransitionsView.tsx'
import type { ViewId } from './route/route.ts'
import { useStore } from './store/index.ts'

const VIEW_COMPONENTS: Record<ViewId, React.ComponentType> = {
  connections: ConnectionTable,
  ftp: FtpView,
  expectations: ExpectationsView,
  packets: PacketsView,
  transitions: TransitionsView,
  health: HealthView,
}

export function App() {
  const failure = useStore((state) => state.failure)
  usePageKeys()
  useDocumentTitle()
  return failure === null ? <Page /> : <StoppedPage failure={failure} />
}

function Page() {
  const view = useStore((state) => state.route.view)
  const connection = useStore((state) => state.route.connection)
  const View = VIEW_COMPONENTS[view]
  // What was focused goes with its view: the reader starts at the new one.
  useEffect(() => {
    document.querySelector('main')?.scrollTo(0, 0)
  }, [view])
  return (
    <div className="page-frame">
      <TopBar />
      <Rail />
      <main className={connection === null ? '' : 'split'}>
        <div className="main-view">
          <View />
        </div>
        {connection !== null && <ConnectionPanel id={connection} />}
        <Banner />
      </main>
      <Footer />
      <Help />
    </div>
  )
}

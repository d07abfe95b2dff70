import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { restoreTheme } from './features/shell/theme.ts'
import { startLive } from './live/client.ts'
import { followHistory } from './route/navigate.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/frame.css'
import './styles/table.css'
import './styles/panel.css'
import './styles/views.css'
import './styles/narrow.css'

restoreTheme()
followHistory()
startLive()
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)

import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

/** Where `npm run dev` lets the API server listen; the page's own dev server passes /api and the WebSocket on to it. */
const apiOrigin = process.env['CTSCOPE_DEV_API'] ?? 'http://127.0.0.1:4040'

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['@ctscope/source', ...defaultClientConditions] },
  build: { target: 'es2023', sourcemap: false, assetsInlineLimit: 0 },
  server: {
    host: '127.0.0.1',
    port: 4041,
    proxy: { '/api': { target: apiOrigin, ws: true }, '/healthz': apiOrigin, '/metrics': apiOrigin },
  },
})

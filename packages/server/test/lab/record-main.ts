/** Records every scenario of the lab, as the router's client side sees it, into the pcap file whose path is given. */
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runEveryScenario } from './live/every-scenario.ts'
import { FTP_FILES, startFtpServer } from './ftp-server.ts'
import { createLab, settled } from './lab.ts'
import { WATCHED } from './router-rules.ts'
import { startServices } from './services.ts'

const out = process.argv[2]
if (out === undefined) throw new Error('usage: record-main.ts FILE')

const lab = await createLab()
try {
  const [ftp] = await Promise.all([startFtpServer(lab), startServices(lab)])
  const file = join(lab.dir, 'recorded.pcap')
  const recorder = lab.router.start(['tcpdump', '-Z', 'root', '-i', WATCHED, '-n', '-U', '-s', '0', '-w', file])
  const ended = new Promise((resolve) => recorder.once('close', resolve))
  await new Promise<void>((resolve, reject) => {
    let said = ''
    recorder.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('listening on')) resolve()
    })
    recorder.once('close', () => {
      reject(new Error(`tcpdump ended: ${said}`))
    })
  })
  await runEveryScenario({
    lab,
    localFile: join(ftp.anonymousRoot, FTP_FILES.small.name),
    step: async (_, carryOut) => {
      await carryOut()
      await settled(lab)
    },
  })
  recorder.kill('SIGINT')
  await ended
  await copyFile(file, out)
} finally {
  await lab.close()
}

// The Debian packages that ctscope needs, and how to see that one is there without asking dpkg (which takes longer
// than the rest of a start, and does not know what was installed by other means).
import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'

/**
 * `command`: any one of these is on PATH or in an sbin folder. `file`: any one of these exists.
 * @type {{ name: string, for: 'run' | 'test', command?: string[], file?: string[] }[]}
 */
const table = [
  { name: 'libpcap-dev', for: 'run', file: ['/usr/include/pcap/pcap.h', '/usr/local/include/pcap/pcap.h'] },
  { name: 'g++', for: 'run', command: ['g++', 'c++', 'clang++'] },
  { name: 'make', for: 'run', command: ['make'] },
  { name: 'python3', for: 'run', command: ['python3'] },
  { name: 'util-linux', for: 'run', command: ['setpriv'] },

  { name: 'vsftpd', for: 'test', command: ['vsftpd'] },
  { name: 'lftp', for: 'test', command: ['lftp'] },
  { name: 'curl', for: 'test', command: ['curl'] },
  { name: 'nftables', for: 'test', command: ['nft'] },
  { name: 'conntrack', for: 'test', command: ['conntrack'] },
  { name: 'iproute2', for: 'test', command: ['ip'] },
  { name: 'ethtool', for: 'test', command: ['ethtool'] },
  { name: 'procps', for: 'test', command: ['sysctl'] },
  { name: 'iputils-ping', for: 'test', command: ['ping'] },
  { name: 'tcpdump', for: 'test', command: ['tcpdump'] },
  { name: 'sudo', for: 'test', command: ['sudo'] },
  { name: 'chromium', for: 'test', command: ['chromium', 'chromium-browser', 'google-chrome'] },
]

/** Names of the packages that are not there; those for tests are asked for only when `forTests`. */
export function missingSystemPackages({ forTests }) {
  return table
    .filter((entry) => entry.for === 'run' || forTests)
    .filter((entry) => !isPresent(entry))
    .map((entry) => entry.name)
}

function isPresent({ command = [], file = [] }) {
  return file.some((name) => existsSync(name)) || command.some(isCommand)
}

function isCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

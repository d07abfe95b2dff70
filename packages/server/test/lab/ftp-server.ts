/**
 * A real vsftpd in the server's namespace: active and passive, IPv4 and IPv6, anonymous and a user with a password.
 * Its accounts exist only in files bound over /etc inside its mount namespace; the machine's are neither read nor changed.
 */
import { chmod, chown, mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Lab } from './lab.ts'

/** Of the lab's own password file. */
export const FTP_USER = { name: 'lab', password: 'lab-password', uid: 64002 } as const
/** crypt(3) of that password. */
const PASSWORD_HASH = '$6$ctscope$mSXTa0zqYf3Oe5ELwbsN0vTQEpVdgX2ynFpeT.4a/GmYQ3mOj.NmEvRlIWRKEZokGpDwPd6kdq9paVCBLWYXM/'
const ANONYMOUS_UID = 64001
/** Both roots hold these. The big one does not fit in the sockets' buffers: a transfer of it can be aborted. */
export const FTP_FILES = { small: { name: 'small.txt', lenBytes: 3_000 }, big: { name: 'big.bin', lenBytes: 64 * 2 ** 20 } } as const

export type FtpServer = {
  /** Where anonymous users and the lab's user arrive. */
  anonymousRoot: string
  userRoot: string
}

const PATIENCE_MS = 10_000

export async function startFtpServer(lab: Lab): Promise<FtpServer> {
  const dir = join(lab.dir, 'ftp')
  const anonymousRoot = join(dir, 'anonymous')
  const userRoot = join(dir, 'user')
  const empty = join(dir, 'empty')
  for (const path of [dir, anonymousRoot, userRoot, empty]) await mkdir(path)
  for (const root of [anonymousRoot, userRoot]) await fill(root)
  await chown(userRoot, FTP_USER.uid, FTP_USER.uid)

  const files = {
    passwd: [
      'root:x:0:0::/root:/bin/sh',
      'nobody:x:65534:65534::/:/usr/sbin/nologin',
      `ftp:x:${ANONYMOUS_UID}:${ANONYMOUS_UID}::${anonymousRoot}:/usr/sbin/nologin`,
      `${FTP_USER.name}:x:${FTP_USER.uid}:${FTP_USER.uid}::${userRoot}:/bin/sh`,
    ],
    shadow: ['root:*:19000:0:99999:7:::', `${FTP_USER.name}:${PASSWORD_HASH}:19000:0:99999:7:::`],
    pam: ['auth required pam_unix.so', 'account required pam_unix.so', 'session required pam_permit.so'],
    'vsftpd.conf': configuration(anonymousRoot, empty),
  }
  for (const [name, lines] of Object.entries(files)) await writeFile(join(dir, name), lines.join('\n') + '\n')
  // `ip netns exec` has made a mount namespace of its own: the binds are seen in there only.
  const start =
    'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/shadow" /etc/shadow && ' +
    'mount --bind "$1/pam" /etc/pam.d/vsftpd && exec vsftpd "$1/vsftpd.conf"'
  const child = lab.server.start(['sh', '-c', start, 'sh', dir])
  let said = ''
  child.stdout?.on('data', (text: Buffer) => (said += text.toString()))
  child.stderr?.on('data', (text: Buffer) => (said += text.toString()))
  const deadline = Date.now() + PATIENCE_MS
  while (!(await isListening(lab))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`vsftpd does not listen: ${said}`)
    await delay(50)
  }
  return { anonymousRoot, userRoot }
}

function configuration(anonymousRoot: string, empty: string): string[] {
  return [
    'background=NO',
    // One socket for both families.
    'listen=NO',
    'listen_ipv6=YES',
    // Its sessions stay in the lab's namespaces, where `Namespace.remove` finds them.
    'isolate=NO',
    'isolate_network=NO',
    'anonymous_enable=YES',
    `anon_root=${anonymousRoot}`,
    'ftp_username=ftp',
    'local_enable=YES',
    'write_enable=YES',
    'chroot_local_user=YES',
    'allow_writeable_chroot=YES',
    'connect_from_port_20=YES',
    'pasv_min_port=30000',
    'pasv_max_port=30999',
    'async_abor_enable=YES',
    'xferlog_enable=NO',
    'pam_service_name=vsftpd',
    `secure_chroot_dir=${empty}`,
  ]
}

async function fill(root: string): Promise<void> {
  for (const { name, lenBytes } of Object.values(FTP_FILES)) {
    const file = await open(join(root, name), 'w')
    await file.truncate(lenBytes)
    await file.close()
    await chmod(join(root, name), 0o644)
  }
}

async function isListening(lab: Lab): Promise<boolean> {
  const listening = await lab.server.runOk(['ss', '--no-header', '--tcp', '--listening', '--numeric', 'sport = :21'])
  return listening.trim() !== ''
}

#!/usr/bin/env python3
"""Ask the running kernel about many captures, one after the other, in one network namespace.

    kernel-recorder.py ORACLE_DIR

What a capture's answer looks like, and how a packet gets to the kernel, is ../shared/oracle/oracle.py's: its functions
do the work. Setting up a namespace takes a second and asking about a thousand packets a tenth of one, hence this loop.
Captures are kept apart by a conntrack zone each, which is also part of the key of what waits for reassembly; entries
and expectations are deleted between them.

A job is a JSON line on stdin, its end a JSON line on stdout ({"error":…} where it failed):
  {"capture":PATH,"out":PATH,"set":{"nf_conntrack_tcp_loose":0},"checksums":false}
      writes the kernel's answer, in oracle.py's form
  {"fuzz":{"seed":1,"packets":500,"bend":0.12,"only":"tcp,udp"},"capture":PATH}
      writes a random capture of fuzz.py's
  {"capture":PATH,"out":PATH,"set":{…},"every":0.25,"linger":130}
      sends the packets at their own pace, then watches: a line {"at":s,"entries":[[orig, timeout],…],"expects":[…]} each `every`
      s, with at = seconds since the first packet; ends when nothing is left, or after `linger` s
"""
import json, os, sys, time

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import fuzz
import oracle
from oracle import attrs, dump, entry_of, expect_of, ip_of, mend_checksum, messages, netlink, nflog, read_capture, request, sh, sysctl, tap

MTU = 65521
NAMES = {(1, 0): "UPDATE", (1, 2): "DESTROY", (2, 0): "EXP_NEW", (2, 2): "EXP_DESTROY"}
ZONE = "table inet zone {\n chain pre {\n type filter hook prerouting priority -450\n ct zone set @ll,80,16\n }\n}\n"
BASE = {"nf_conntrack_acct": 1, "nf_conntrack_log_invalid": 255}


class Bench:
    def __init__(self):
        sh("mount", "-t", "sysfs", "sysfs", "/sys")
        sysctl("net/ipv6/conf/all/disable_ipv6", 1)
        sysctl("net/ipv6/conf/default/disable_ipv6", 1)
        self.fd_in, self.fd_out = tap("in0"), tap("out0")
        sh("ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "0", "nf_call_iptables", "1", "nf_call_ip6tables", "1")
        for d in ("in0", "out0"):
            sh("ip", "link", "set", d, "mtu", str(MTU), "master", "br0", "up")
            sh("ip", "link", "set", d, "type", "bridge_slave", "learning", "off")
        sh("ip", "link", "set", "br0", "up")
        for name, value in BASE.items():
            sysctl("net/netfilter/" + name, value)
        self.defaults = {}
        sh("nft", "-f", "-", text=ZONE + oracle.ruleset(True))
        for family in (2, 10):
            try:
                sysctl(f"net/netfilter/nf_log/{family}", "nfnetlink_log")
            except OSError:
                pass
        self.states, self.whys = nflog(oracle.GROUP), nflog(oracle.GROUP_WHY)
        self.events = netlink((1, 2, 3, 4, 5, 6))
        self.events.setblocking(False)
        self.control = netlink()
        self.zone = 0
        time.sleep(0.05)

    def configure(self, settings, checksums):
        wanted = {**settings, "nf_conntrack_checksum": int(checksums)}
        for name in set(self.defaults) | set(wanted):
            if name not in self.defaults:
                with open("/proc/sys/net/netfilter/" + name) as f:
                    self.defaults[name] = f.read().strip()
            sysctl("net/netfilter/" + name, wanted.get(name, self.defaults[name]))

    def drain(self, rec):
        for typ, _, body, _ in messages(self.whys):
            if typ >> 8 == 4:
                rec.setdefault("why", []).append(attrs(body).get(10, b"").rstrip(b"\0 ").decode("latin1"))
        for typ, _, body, _ in messages(self.states):
            if typ >> 8 == 4:
                word = attrs(body).get(10, b"").rstrip(b"\0").decode().split()
                rec["state"] = word[0].upper()
                rec["dir"] = {"original": "orig", "reply": "reply"}[word[1]] if len(word) > 1 else None
        for typ, flags, body, _ in messages(self.events):
            name = NAMES.get((typ >> 8, typ & 255))
            if name == "UPDATE" and flags & 0x600 == 0x600:
                name = "NEW"
            if name:
                rec.setdefault("events", []).append({"event": name, **(expect_of(body) if typ >> 8 == 2 else entry_of(body))})

    def forget(self):
        """Deletes all entries and expectations, and what was said of it."""
        for subsystem in (1, 2):
            request(self.control, subsystem << 8 | 2, 5, b"\0\0\0\0")
            self.control.recv(1 << 16)
        self.drain({})
        self.empty()

    def empty(self):
        try:
            while os.read(self.fd_out, 65536):
                pass
        except BlockingIOError:
            pass

    def send(self, rec, link, raw, wire, checksums):
        ip = ip_of(link, raw)
        if not ip or ip[0] >> 4 not in (4, 6):
            return
        if wire > len(raw):
            ip += b"\0" * (wire - len(raw))
            rec["padded"] = True
        if ip[0] >> 4 == 4 and not checksums:
            ip = mend_checksum(ip)
        if len(ip) + 14 <= 65535:
            head = b"\x02\0\0\0\0\x02\x02\0\0\0" + self.zone.to_bytes(2, "big") + (b"\x08\0" if ip[0] >> 4 == 4 else b"\x86\xdd")
            try:
                os.write(self.fd_in, head + ip)
            except OSError as err:
                rec["refused"] = err.strerror

    def ask(self, job):
        checksums = job.get("checksums", False)
        self.configure(job.get("set", {}), checksums)
        self.zone = self.zone % 65000 + 1
        with open(job["out"], "w") as out:
            for i, ts, link, raw, wire in read_capture(job["capture"]):
                rec = {"kind": "packet", "i": i, "ts": round(ts, 9), "state": "NONE", "dir": None}
                self.send(rec, link, raw, wire, checksums)
                self.drain(rec)
                print(json.dumps(rec), file=out)
                if i % 64 == 0:
                    self.empty()
            for b in dump(1):
                print(json.dumps({"kind": "entry", **entry_of(b)}), file=out)
            for b in dump(2):
                print(json.dumps({"kind": "expect", **expect_of(b)}), file=out)
        self.forget()

    def watch(self, job):
        checksums = job.get("checksums", False)
        self.configure(job.get("set", {}), checksums)
        self.zone = self.zone % 65000 + 1
        packets = list(read_capture(job["capture"]))
        first, start, due, sent = packets[0][1], time.monotonic(), 0.0, 0
        with open(job["out"], "w") as out:
            while True:
                now = time.monotonic() - start
                while sent < len(packets) and packets[sent][1] - first <= now:
                    _, _, link, raw, wire = packets[sent]
                    self.send({}, link, raw, wire, checksums)
                    self.drain({})
                    sent += 1
                    now = time.monotonic() - start
                if now >= due:
                    at = time.monotonic() - start
                    entries = [[e["orig"], e.get("timeout", 0)] for e in map(entry_of, dump(1))]
                    expects = [[e["tuple"], e.get("timeout", 0)] for e in map(expect_of, dump(2))]
                    print(json.dumps({"at": at, "sent": sent, "entries": entries, "expects": expects}), file=out)
                    self.drain({})
                    self.empty()
                    due += job["every"]
                    if sent == len(packets) and (not entries and not expects or at > job["linger"]):
                        break
                next_packet = packets[sent][1] - first if sent < len(packets) else due
                time.sleep(max(0.0, min(due, next_packet) - (time.monotonic() - start)))
        self.forget()


def write_random(job):
    given = job["fuzz"]
    sys.argv = ["fuzz.py", "-o", job["capture"]] + [word for name, value in given.items() for word in ("--" + name, str(value))]
    fuzz.main()


def main():
    if os.environ.get("RECORDER_NS") != "1":
        os.environ["RECORDER_NS"] = "1"
        os.execvp("unshare", ["unshare", "--net", "--mount", sys.executable] + sys.argv)
    bench = None
    for line in sys.stdin:
        job = json.loads(line)
        try:
            if "fuzz" in job:
                write_random(job)
            else:
                bench = bench or Bench()
                bench.watch(job) if "every" in job else bench.ask(job)
            print("{}", flush=True)
        except (Exception, SystemExit) as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)


if __name__ == "__main__":
    main()

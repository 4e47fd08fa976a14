// A second, literal reading of KVM's two functions: semantics, tables A and B, and section 3.4, as one page of ifs. It shares no
// code with the engine, and reads questions of which everything is known.
import type { Access, Errno, Fingerprint, Manifest, Mapping, Memslot, Policy, Stage2Type } from '@berth/engine';

type Touch = Errno | Stage2Type | 'injected' | 'mmio' | 'not recorded';

/** `untold`: a guest_memfd with nothing mapped may or may not have been made mappable. */
type Registered = Errno | null | 'untold';

export interface NaiveAnswer {
  readonly outcome: 'compatible' | 'incompatible' | 'indeterminate';
  readonly created: boolean;
  /** The errno of each registration, by slot and in the order of the manifest; `null` where it succeeds. */
  readonly registrations: readonly Registered[];
  /** What each access of each mapping comes to, for the slots that register. */
  readonly touches: readonly (readonly (readonly Touch[])[])[];
}

interface World {
  gen: number;
  release: number;
  page: bigint;
  fwb: boolean;
  dic: boolean;
  pkvm: boolean;
  limit: number;
  hostMte: boolean;
  ipa: number;
  mte: boolean;
  pvm: boolean;
}

function worldOf(manifest: Manifest, host: Fingerprint): World {
  const [major = 0, minor = 0] = (host.kernel?.release ?? '').split('.').map((part) => Number.parseInt(part, 10));
  const release = major * 100 + minor;
  const gen = [609, 617, 618, 701].filter((border) => release >= border).length;
  const cap = (name: string) => Number(host.kvm?.capabilities?.get(name)?.system ?? 0);
  return {
    gen,
    release,
    page: BigInt(host.kernel?.pageSize ?? 4096),
    fwb: host.cpu?.fwb === true,
    dic: host.cpu?.dic === true,
    pkvm: host.kvm?.mode === 'protected',
    limit: cap('KVM_CAP_ARM_VM_IPA_SIZE'),
    hostMte: cap('KVM_CAP_ARM_MTE') > 0,
    ipa: manifest.vm?.ipaBits === 0 ? 40 : (manifest.vm?.ipaBits ?? 40),
    mte: manifest.vm?.mte === true,
    pvm: manifest.vm?.type === 'protected',
  };
}

function vmCreated(w: World): boolean {
  if (w.pvm && (w.gen < 4 || !w.pkvm)) return false;
  if (!(w.pkvm && w.gen >= 1) && (w.ipa < 32 || w.ipa > w.limit)) return false;
  return !w.mte || w.hostMte;
}

const cacheable = (m: Mapping) => m.memoryType === 'normal' || m.memoryType === 'normal-tagged';
const has = (m: Mapping, flag: string) => m.vmFlags?.some((f) => f === flag) === true;
const taggable = (w: World, m: Mapping) => (w.release < 602 ? !has(m, 'shared') : has(m, 'mte-allowed'));
const isRam = (m: Mapping) => !['devdax', 'vfio', 'device'].includes(m.backing ?? '') || m.kernelMapped === true;

// kvm_set_memory_region() and kvm_arch_prepare_memory_region()
function register(w: World, s: Memslot, before: readonly Memslot[], slotIds: readonly number[]): Registered {
  const gmem = s.flags?.includes('guest-memfd') === true;
  const log = s.flags?.includes('log-dirty-pages') === true;
  const ro = s.flags?.includes('readonly') === true;
  if ((s.slot & 0xffff) >= 32767) return 'EINVAL';
  if (gmem && w.gen < 3) return 'EINVAL';
  if (gmem && (log || ro)) return 'EINVAL';
  if (s.size % w.page) return 'EINVAL';
  if (s.gpa % w.page) return 'EINVAL';
  if (s.slot >= 65536) return 'EINVAL';
  if (s.gpa + s.size >= 1n << 64n) return 'EINVAL';
  if (s.size / w.page > 2147483647n) return 'EINVAL';
  if (s.size === 0n) return 'EINVAL';
  if (slotIds.includes(s.slot)) return 'EINVAL';
  for (const o of before) if (o.gpa < s.gpa + s.size && s.gpa < o.gpa + o.size) return 'EEXIST';
  if (w.gen >= 4 && w.pvm && (log || ro)) return 'EPERM';
  if (s.gpa + s.size > 1n << BigInt(w.pkvm && w.gen >= 1 ? w.limit : w.ipa)) return 'EFAULT';
  if (gmem && s.mappings?.length !== 0 && !s.mappings?.some((m) => m.backing === 'guest-memfd')) return 'EINVAL';
  if (gmem && w.mte) return 'EINVAL';
  if (gmem && s.mappings?.length === 0) return 'untold';
  for (const m of s.mappings ?? []) {
    if (w.mte && !taggable(w, m)) return 'EINVAL';
    if (has(m, 'pfnmap') && log) return 'EINVAL';
    if (w.gen >= 2 && has(m, 'pfnmap') && cacheable(m) && !(w.fwb && w.dic)) return 'EINVAL';
  }
  return null;
}

// pkvm_mem_abort()
function touchProtected(m: Mapping): Touch {
  if (m.protection !== 'rw' || has(m, 'pfnmap') || has(m, 'io')) return 'EFAULT';
  if (m.backing === 'file') return has(m, 'shared') ? 'EFAULT' : 'EIO';
  if (m.backing === 'hugetlb') return 'EIO';
  return ['anonymous', 'memfd', 'shmem'].includes(m.backing ?? '') ? 'normal-wb' : 'not recorded';
}

// user_mem_abort()
function touch(w: World, s: Memslot, m: Mapping, access: Access): Touch {
  if (access === 'write' && s.flags?.includes('readonly')) return 'mmio';
  if (w.pvm) return touchProtected(m);
  if (m.protection === 'none' || (access === 'write' && m.protection === 'r')) return 'EFAULT';
  if (m.backing === 'secretmem') return 'EFAULT';
  if (access === 'write' && has(m, 'pfnmap') && has(m, 'cow')) return 'EFAULT';
  const byDriver = m.backing === 'device' || m.backing === 'vfio';
  if (has(m, 'mixedmap') && !has(m, 'pfnmap') && !has(m, 'io') && byDriver && !isRam(m)) return 'EFAULT';
  let type: Stage2Type = 'normal-wb';
  const nc = w.gen >= 1 && has(m, 'allow-any-uncached') ? 'normal-nc' : 'device-nGnRE';
  if (w.gen < 2) {
    if (!isRam(m)) type = nc;
  } else if ((has(m, 'pfnmap') || has(m, 'mixedmap')) && !isRam(m)) {
    if (!cacheable(m)) type = nc;
    else if (!(w.fwb && w.dic)) return 'EFAULT';
  }
  if (access === 'execute' && type !== 'normal-wb') return 'injected';
  if (w.mte && type === 'normal-wb' && !taggable(w, m)) return 'EFAULT';
  if (w.pkvm && !isRam(m) && w.gen >= 2) {
    if (w.gen < 4) return 'not recorded';
    return type === 'normal-wb' ? 'EPERM' : 'EINVAL';
  }
  return type;
}

/** What the kernel of a known host does with a known VM, and what Berth's policy makes of that. */
export function naive(manifest: Manifest, host: Fingerprint, policy: Policy): NaiveAnswer {
  const w = worldOf(manifest, host);
  const before: Memslot[] = [];
  const slotIds: number[] = [];
  const created = vmCreated(w);
  let no = !created;
  let doubt = false;
  const registrations: Registered[] = [];
  const touches: Touch[][][] = [];
  for (const s of manifest.memslots ?? []) {
    const errno = register(w, s, before, slotIds);
    slotIds.push(s.slot);
    if (s.size > 0n && !before.some((o) => o.gpa < s.gpa + s.size && s.gpa < o.gpa + o.size)) before.push(s);
    registrations.push(errno);
    touches.push([]);
    if (errno === 'untold') doubt = true;
    else if (errno) {
      no = true;
      continue;
    }
    const gmem = s.flags?.includes('guest-memfd') === true;
    const mappings = s.mappingsAtFault ?? s.mappings ?? [];
    if (mappings.length === 0 && !gmem) no = true;
    for (const m of mappings) {
      const asked =
        m.access ?? (s.flags?.includes('readonly') ? ['read' as const] : ['read' as const, 'write' as const]);
      const results = asked.map((access) => (gmem && !w.pvm ? 'normal-wb' : touch(w, s, m, access)));
      touches.at(-1)?.push(results);
      for (const result of results) {
        if (result === 'not recorded') doubt = true;
        if (result === 'injected' || /^E[A-Z]+$/.test(result)) no = true;
        const degraded = (result === 'normal-nc' || result === 'device-nGnRE') && cacheable(m) && !isRam(m);
        if (degraded && w.gen < 2 && policy === 'strict') no = true;
      }
    }
  }
  const unrefused = doubt ? 'indeterminate' : 'compatible';
  return { outcome: no ? 'incompatible' : unrefused, created, registrations, touches };
}

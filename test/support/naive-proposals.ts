// A second, literal reading of the proposals that were never merged: semantics, table 1.3, one write to one VMA under one slot
// of an ordinary VM, as one page of ifs. It shares no code with the engine.
import type { Errno, GenerationId, Mapping, Policy, Stage2Type, Suppositions } from '@berth/engine';

export interface NaiveHost {
  readonly generation: GenerationId;
  readonly fwb: boolean;
  readonly dic: boolean;
}

export interface NaiveTouch {
  /** The errno of the registration. */
  readonly registration: Errno | null;
  /** Of a slot that registers: the type at stage 2, or the errno of KVM_RUN. */
  readonly touch: Errno | Stage2Type | null;
}

const OLD: readonly GenerationId[] = ['device-only', 'normal-nc'];

export function naiveProposal(m: Mapping, host: NaiveHost, policy: Policy, said: Suppositions): NaiveTouch {
  const has = (flag: string) => m.vmFlags?.some((one) => one === flag) === true;
  const cap = host.fwb && host.dic;
  const old = OLD.includes(host.generation);
  const cacheable = m.memoryType === 'normal' || m.memoryType === 'normal-tagged';
  const ram = !['devdax', 'vfio', 'device'].includes(m.backing ?? '') || m.kernelMapped === true;
  const uc = has('allow-any-uncached');
  const special = has('pfnmap') || has('mixedmap');
  const flag = said.cacheableFlag ?? policy === 'proposal:vma-flag';
  const knowsFlag = ['proposal:flag-marc', 'proposal:flag-v4', 'proposal:vma-flag'].includes(policy);

  const no = (errno: Errno): NaiveTouch => ({ registration: errno, touch: null });
  if (flag && !knowsFlag && has('pfnmap') && cacheable) return no('EINVAL');
  if (has('pfnmap') && cacheable) {
    if (policy === 'proposal:flag-marc' && flag && !cap) return no('EINVAL');
    if (policy === 'proposal:flag-v4' && (!flag || !cap)) return no('EINVAL');
    if (policy === 'proposal:vma-flag' && flag && !cap) return no('EINVAL');
    if (policy === 'proposal:vma-flag' && !flag && !old && !cap) return no('EINVAL');
    if (policy === 'proposal:sealed' && (!said.sealed || !cap)) return no('EINVAL');
    if (policy === 'proposal:jgg' && !ram && !host.fwb) return no('EINVAL');
    if (policy === 'proposal:opt-out' && !old && !cap) return no('EINVAL');
  }

  const yes = (touch: Errno | Stage2Type): NaiveTouch => ({ registration: null, touch });
  if (policy === 'proposal:flag-v4' && has('pfnmap') && has('cow')) return yes('EINVAL');
  if (m.backing === 'secretmem') return yes('EFAULT');
  if (has('pfnmap') && has('cow')) return yes('EFAULT');
  const byDriver = m.backing === 'device' || m.backing === 'vfio';
  if (has('mixedmap') && !has('pfnmap') && !has('io') && byDriver && !ram) return yes('EFAULT');
  if (ram) return yes('normal-wb');
  if (policy === 'proposal:nc-never') return yes('device-nGnRE');
  const nc = uc && host.generation !== 'device-only' ? 'normal-nc' : 'device-nGnRE';
  if (special && cacheable) {
    if (policy === 'proposal:flag-marc' && !flag) return yes('normal-nc');
    if (policy === 'proposal:flag-marc' || policy === 'proposal:sealed') return yes(cap ? 'normal-wb' : 'EFAULT');
    if (policy === 'proposal:flag-v4') return yes(cap ? 'normal-wb' : 'EINVAL');
    if (policy === 'proposal:vma-flag' && flag) return yes(cap ? 'normal-wb' : 'EFAULT');
    if (policy === 'proposal:fallback' && !cap) return yes(uc ? 'normal-nc' : 'device-nGnRE');
    if (policy === 'proposal:fallback') return yes('normal-wb');
    if (policy === 'proposal:jgg') return yes(host.fwb ? 'normal-wb' : 'EFAULT');
    if (policy === 'proposal:cmo') return yes('normal-wb');
  }
  if (special && !cacheable && policy === 'proposal:jgg') return yes('normal-nc');
  if (special && !cacheable && uc && policy === 'proposal:opt-out')
    return yes(said.optOutActive ? 'device-nGnRE' : 'normal-nc');
  if (old) return yes(nc);
  if (!special) return yes('normal-wb');
  if (cacheable) return yes(cap ? 'normal-wb' : 'EFAULT');
  return yes(nc);
}

import { type Asked, type FaultCheck, pass, reject, unknown } from '../check.js';
import { since } from '../generations.js';
import { missingBacking, missingFlags, type Vma } from '../vma.js';

const CARD = {
  scope: 'access',
  phase: 'fault',
  failure: 'late',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: since('protected-guest'),
  expected: 'anonymous memory, memfd or shmem, mapped read and write',
  remedy: 'Back the protected VM with anonymous memory or memfd.',
  cite: 'linux arch/arm64/kvm/mmu.c pkvm_mem_abort(); recorded on 7.2.13',
  reads: [
    '/manifest/vm/type',
    '/manifest/memslots/*/mappings/*/backing',
    '/manifest/memslots/*/mappings/*/vmFlags',
    '/manifest/memslots/*/mappings/*/protection',
    '/fingerprint/devices',
  ],
} as const;

/** Why a page of a protected VM cannot be pinned for write, or that it is not swap-backed. */
type Trouble = 'unpinnable' | 'file-page' | 'none' | 'unknown';

const SWAP_BACKED: ReadonlySet<string> = new Set(['anonymous', 'memfd', 'shmem']);

function troubleOf(vma: Vma): Trouble {
  if (!vma.writable || vma.pfnmap === true || vma.io === true) return 'unpinnable';
  if (vma.backing === undefined || vma.pfnmap === undefined || vma.io === undefined) return 'unknown';
  if (SWAP_BACKED.has(vma.backing)) return 'none';
  if (vma.backing === 'hugetlb') return 'file-page';
  if (vma.backing !== 'file') return 'unknown';
  if (vma.shared === undefined) return 'unknown';
  return vma.shared ? 'unpinnable' : 'file-page';
}

function answerFor(vma: Vma, asked: Asked, trouble: Trouble, message: string) {
  const type = asked.manifest.vm?.type;
  if (type !== undefined && type !== 'protected') return pass;
  const found = troubleOf(vma);
  if (found === 'none') return pass;
  const facts = { type: type ?? null, backing: vma.backing ?? null, shared: vma.shared ?? null };
  if (found === trouble && type === 'protected') return reject(facts, message);
  if (found !== 'unknown' && found !== trouble) return pass;
  return unknown(
    [type === undefined ? '/manifest/vm/type' : undefined, missingBacking(vma), missingFlags(vma, vma.shared)],
    facts,
  );
}

export const protectedGuestUnpinnable: FaultCheck = {
  ...CARD,
  id: 'protected-guest-unpinnable',
  reason: 'PROTECTED_GUEST_UNPINNABLE',
  errno: 'EFAULT',
  statement: "A protected VM's pages are pinned for write: no device memory, no read-only mapping, no shared file page.",
  test: (vma, _access, _slot, asked) => answerFor(vma, asked, 'unpinnable', 'KVM_RUN fails: the page cannot be pinned for write.'),
};

export const protectedGuestFilePage: FaultCheck = {
  ...CARD,
  id: 'protected-guest-file-page',
  reason: 'PROTECTED_GUEST_FILE_PAGE',
  errno: 'EIO',
  statement: "A protected VM's pages are swap-backed: no page cache and no hugetlb.",
  test: (vma, _access, _slot, asked) => answerFor(vma, asked, 'file-page', 'KVM_RUN fails: the page is not swap-backed.'),
};

import { type FaultCheck, pass, reject, unknown } from '../check.js';
import { since } from '../generations.js';
import { missingFlags, type Vma } from '../vma.js';

const CARD = {
  scope: 'access',
  path: 'protected',
  phase: 'fault',
  failure: 'late',
  severity: 'reject',
  sourceOutcome: 'lost',
  generations: since('protected-guest'),
  expected: 'anonymous memory, memfd or shmem, mapped read and write',
  remedy: 'Back the protected VM with anonymous memory or memfd.',
  cite: 'linux arch/arm64/kvm/mmu.c pkvm_mem_abort(); recorded on 7.2.13',
  reads: [
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
  if (vma.backing === undefined || vma.pfnmap === undefined) return 'unknown';
  if (SWAP_BACKED.has(vma.backing)) return 'none';
  if (vma.backing === 'hugetlb') return 'file-page';
  return vma.backing === 'file' && vma.shared !== undefined ? troubleOfFile(vma.shared) : 'unknown';
}

function troubleOfFile(shared: boolean): Trouble {
  return shared ? 'unpinnable' : 'file-page';
}

function answerFor(vma: Vma, trouble: Trouble, message: string) {
  const found = troubleOf(vma);
  const facts = { backing: vma.backing ?? null, shared: vma.shared ?? null };
  if (found === trouble) return reject(facts, message);
  if (found !== 'unknown') return pass;
  // Where backing and flags are known, what the kernel does with such memory was not recorded.
  return unknown([missingFlags(vma, vma.shared) ?? `${vma.at}/backing`], facts);
}

export const protectedGuestUnpinnable: FaultCheck = {
  ...CARD,
  id: 'protected-guest-unpinnable',
  reason: 'PROTECTED_GUEST_UNPINNABLE',
  errno: 'EFAULT',
  statement:
    "A protected VM's pages are pinned for write: no device memory, no read-only mapping, no shared file page.",
  test: (vma) => answerFor(vma, 'unpinnable', 'KVM_RUN fails: the page cannot be pinned for write.'),
};

export const protectedGuestFilePage: FaultCheck = {
  ...CARD,
  id: 'protected-guest-file-page',
  reason: 'PROTECTED_GUEST_FILE_PAGE',
  errno: 'EIO',
  statement: "A protected VM's pages are swap-backed: no page cache and no hugetlb.",
  test: (vma) => answerFor(vma, 'file-page', 'KVM_RUN fails: the page is not swap-backed.'),
};

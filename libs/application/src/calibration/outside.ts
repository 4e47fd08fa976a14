import type { ActualFailure, Outside } from './comparison.js';

/** errno(3): what says that the two hosts did not reach each other. */
const OF_THE_NETWORK: ReadonlySet<string> = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTCONN',
  'EPIPE',
  'ETIMEDOUT',
]);

interface Words {
  readonly text: RegExp;
  readonly outside: Outside;
  /** Who prints it. */
  readonly cite: string;
}

export const OUTSIDE_WORDS: readonly Words[] = [
  {
    text: /canceled by client/,
    outside: 'cancelled',
    cite: 'libvirt src/qemu/qemu_migration.c, of a job that was called off',
  },
  {
    text: /Lost connection to destination host/,
    outside: 'network',
    cite: 'libvirt src/qemu/qemu_migration.c, of a connection to the other libvirtd that is no longer alive',
  },
  {
    text: /Connection (?:refused|reset by peer|timed out)|No route to host|Network is (?:unreachable|down)|Broken pipe/,
    outside: 'network',
    cite: 'glibc strerror()',
  },
];

/**
 * Why a failure is none of Berth's business; undefined when it is. A known reason always is, and what QEMU says of a phase outranks
 * what libvirt says of a link: a QEMU that aborts takes its link down with it.
 */
export function outsideOf(failure: ActualFailure, raw: string | undefined): Outside | undefined {
  const { phase, errno, slot, reason } = failure;
  if (reason !== undefined) return undefined;
  if (errno === 'ECANCELED') return 'cancelled';
  if (errno !== undefined && OF_THE_NETWORK.has(errno)) return 'network';
  // What QEMU says of a stream that ends too early: migration/qemu-file.c qemu_fill_buffer().
  if (phase === 'state-load' && errno === 'EIO') return 'network';
  if (phase !== undefined) return undefined;
  const words = OUTSIDE_WORDS.find(({ text }) => raw !== undefined && text.test(raw));
  if (words !== undefined) return words.outside;
  return errno === undefined && slot === undefined ? 'unknown' : undefined;
}

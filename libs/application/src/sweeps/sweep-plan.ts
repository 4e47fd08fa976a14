import type { SelectedVm } from './selector.js';

/** So many pairs are decided in well under a second, and a worker that dies loses no more than that. */
const PAIRS_PER_CHUNK = 500;

/** A span of positions in a list; `to` is not in it. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

/** Each band of VMs with each band of targets is one chunk, counted row by row. */
export interface SweepPlan {
  readonly vmBands: readonly Band[];
  readonly targetBands: readonly Band[];
  /** VMs by targets, without each VM's own host. */
  readonly total: number;
}

/** Makes the chunks as square as the selection allows: a square reads the fewest documents for its pairs. */
export function planSweep(vms: readonly SelectedVm[], targets: readonly string[]): SweepPlan {
  const square = Math.floor(Math.sqrt(PAIRS_PER_CHUNK));
  const wide = Math.min(targets.length, Math.max(square, Math.floor(PAIRS_PER_CHUNK / Math.max(1, vms.length))));
  const high = Math.floor(PAIRS_PER_CHUNK / Math.max(1, wide));
  const asked = new Set(targets);
  const own = vms.filter((vm) => vm.host !== undefined && asked.has(vm.host)).length;
  return {
    vmBands: bands(vms.length, high),
    targetBands: bands(targets.length, wide),
    total: vms.length * targets.length - own,
  };
}

function bands(length: number, size: number): Band[] {
  const count = Math.ceil(length / Math.max(1, size));
  return Array.from({ length: count }, (_, index) => ({
    from: index * size,
    to: Math.min((index + 1) * size, length),
  }));
}

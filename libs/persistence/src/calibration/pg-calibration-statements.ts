import type { CalibrationStatements, NotedComparison, Refusal } from '@berth/application';
import type { Link, Statement } from '../database/link.js';
import { NOTE } from './comparison-sql.js';

// What was answered by a proposal's rules was never said of a kernel.
const REFUSAL: Statement = {
  name: 'calibration-refusal',
  text: `SELECT id AS preflight, reason FROM (
  SELECT id, outcome, reason FROM preflight
  WHERE fleet = $1 AND vm = $2 AND manifest_digest = $3 AND target = $4 AND fingerprint_digest = $5
    AND coalesce(policy, 'strict') IN ('strict', 'kernel')
  ORDER BY evaluated_at DESC LIMIT 1) AS newest
WHERE outcome = 'incompatible' AND reason IS NOT NULL`,
};

const NOTE_RELOCATION: Statement = {
  name: 'calibration-note-relocation',
  text: `INSERT INTO relocation_hint (fleet, preflight, vm, host, reason) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
};

export class PgCalibrationStatements implements CalibrationStatements {
  constructor(private readonly link: Link) {}

  async note(fleet: string, { migration, rulebook, generation, policy, comparison }: NotedComparison): Promise<void> {
    const { class: kind, outcome, outside = null, failure, warned, foretold, falseYes, falseNo } = comparison;
    const { phase = null, errno = null, slot = null, reason = null } = failure;
    const rules = [migration, rulebook, generation, policy];
    const ended = [kind, outcome, outside, phase, errno, slot, reason];
    await this.link.touch(NOTE, [fleet, ...rules, ...ended, warned, foretold, falseYes, falseNo]);
  }

  refusal(
    fleet: string,
    vm: string,
    manifest: string,
    target: string,
    fingerprint: string,
  ): Promise<Refusal | undefined> {
    return this.link.row<Refusal & object>(REFUSAL, [fleet, vm, manifest, target, fingerprint]);
  }

  async noteRelocation(fleet: string, vm: string, host: string, { preflight, reason }: Refusal): Promise<void> {
    await this.link.touch(NOTE_RELOCATION, [fleet, preflight, vm, host, reason]);
  }
}

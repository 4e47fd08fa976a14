import { type Check, type Failure, GENERATION_IDS, type Phase, RULEBOOK } from '@berth/engine';
import type { Caller } from '../caller.js';
import type {
  CalibrationRead,
  CalibrationStore,
  CheckMentions,
  EndedGroup,
  Mention,
  RelocationHint,
} from './calibration-store.js';
import { asksOf } from './claimants.js';
import { type ComparisonClass, NO_CHECK, type Outside } from './comparison.js';

export interface CalibrationQuery {
  readonly since?: Date | undefined;
  /** Today's when left out. */
  readonly rulebook?: string | undefined;
}

/** One check beside what became of the migrations that were tried. */
export interface CheckCalibration {
  readonly check: string;
  /** Nothing of the three for failures that no check claims, and for a check that this program does not know. */
  readonly phase: Phase | undefined;
  readonly reason: string | undefined;
  readonly failure: Failure | undefined;
  /** Tried migrations in which it was asked. */
  readonly predictions: number | undefined;
  /** Of those, where what it said is what happened: it let the VM go and the VM landed, or it warned and that is how it failed. */
  readonly confirmed: number | undefined;
  readonly falseYes: number;
  readonly falseNo: number;
  /** Tried migrations in whose prediction it warned. */
  readonly warned: number;
  readonly examples: { readonly falseYes: readonly string[]; readonly falseNo: readonly string[] };
}

export interface CalibrationReport {
  readonly rulebook: string;
  readonly since: Date | undefined;
  readonly at: Date;
  readonly ended: Readonly<Record<'landed' | 'aborted', number>>;
  readonly classes: Readonly<Record<ComparisonClass, number>>;
  readonly outside: Readonly<Record<Outside, number>>;
  /** In the order in which they are asked; last those that this program does not know, and the failures that none claims. */
  readonly checks: readonly CheckCalibration[];
  readonly relocations: readonly RelocationHint[];
  readonly rulebooks: CalibrationRead['rulebooks'];
}

/** How often Berth was right, check by check. Each rulebook has its own: a check may have changed between two of them. */
export class Calibration {
  constructor(private readonly store: CalibrationStore) {}

  async report(caller: Caller, { since, rulebook = RULEBOOK }: CalibrationQuery = {}): Promise<CalibrationReport> {
    const read = await this.store.read(caller.fleet, { rulebook, since });
    const { groups } = read;
    const of = (is: (group: EndedGroup) => boolean) => countOf(groups.filter(is));
    const classCount = (name: ComparisonClass) => of((group) => group.class === name);
    const outsideCount = (name: Outside) => of((group) => group.outside === name);
    return {
      rulebook,
      since,
      at: read.now,
      ended: {
        landed: of(({ outcome }) => outcome === 'landed'),
        aborted: of(({ outcome }) => outcome === 'aborted'),
      },
      classes: {
        confirmed: classCount('confirmed'),
        'false-yes': classCount('false-yes'),
        foretold: classCount('foretold'),
        outside: classCount('outside'),
        'false-no': classCount('false-no'),
      },
      outside: {
        network: outsideCount('network'),
        cancelled: outsideCount('cancelled'),
        unknown: outsideCount('unknown'),
      },
      checks: checksOf(read, rulebook === RULEBOOK),
      relocations: read.relocations,
      rulebooks: read.rulebooks,
    };
  }
}

/** Which checks another rulebook asked is not known here, so that of those only what was written down is told. */
function checksOf({ groups, mentions }: CalibrationRead, isToday: boolean): readonly CheckCalibration[] {
  const asked = asksOf(null);
  const known = new Set(asked.map(({ id }) => id));
  const said = new Set(mentions.map(({ check }) => check));
  const shown = isToday ? asked : asked.filter(({ id }) => said.has(id));
  const others = [...said].filter((id) => !known.has(id)).sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
  return [
    ...shown.map((check) => ofCheck(check, isToday ? groups : undefined, mentions)),
    ...others.map((id) => ofMentions(id, mentions)),
  ];
}

const placeOf = (id: string): number => (id === NO_CHECK ? 1 : 0);

function ofCheck(
  check: Check,
  groups: readonly EndedGroup[] | undefined,
  mentions: readonly CheckMentions[],
): CheckCalibration {
  const { phase, reason, failure } = check;
  const told = { ...ofMentions(check.id, mentions), phase, reason, failure };
  if (groups === undefined) return told;
  const own = groups.filter(({ generation }) => isAsked(check, generation));
  return { ...told, predictions: countOf(own), confirmed: confirmedOf(check, own, mentions) };
}

/** Of a kernel whose generation could not be told only that is certain to have been asked which is asked of each. */
const isAsked = ({ generations }: Check, generation: EndedGroup['generation']): boolean =>
  generation === null ? generations.length === GENERATION_IDS.length : generations.includes(generation);

/**
 * A landing confirms what would have failed otherwise. It says nothing of what happens in silence, nor of Berth's own rules; and a
 * failure says nothing of the checks that did not claim it, since the VM never came to them all.
 */
function confirmedOf(check: Check, groups: readonly EndedGroup[], mentions: readonly CheckMentions[]): number {
  if (check.failure === 'silent' || check.phase === 'policy') return 0;
  const landed = countOf(groups.filter(({ outcome }) => outcome === 'landed'));
  return landed - mentionsOf(check.id, 'warned', mentions).landed + mentionsOf(check.id, 'foretold', mentions).count;
}

function ofMentions(check: string, mentions: readonly CheckMentions[]): CheckCalibration {
  const falseYes = mentionsOf(check, 'false-yes', mentions);
  const falseNo = mentionsOf(check, 'false-no', mentions);
  return {
    check,
    phase: undefined,
    reason: undefined,
    failure: undefined,
    predictions: undefined,
    confirmed: undefined,
    falseYes: falseYes.count,
    falseNo: falseNo.count,
    warned: mentionsOf(check, 'warned', mentions).count,
    examples: { falseYes: falseYes.examples, falseNo: falseNo.examples },
  };
}

const NEVER = { count: 0, landed: 0, examples: [] } as const;

const mentionsOf = (
  check: string,
  as: Mention,
  mentions: readonly CheckMentions[],
): Pick<CheckMentions, 'count' | 'landed' | 'examples'> =>
  mentions.find((mention) => mention.check === check && mention.as === as) ?? NEVER;

const countOf = (groups: readonly EndedGroup[]): number => groups.reduce((sum, { count }) => sum + count, 0);

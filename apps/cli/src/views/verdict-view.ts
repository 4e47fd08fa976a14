import type { Manifest } from '@berth/engine';
import type { Style } from '../style.js';
import { answerWords } from './failure-words.js';
import { findingLines, groupFindings } from './finding-view.js';
import { mappingLines } from './mapping-table.js';
import type { FindingRead, VerdictRead } from './verdict-read.js';
import { wrap, wrapParts } from './wrap.js';

export interface VerdictPage {
  readonly verdict: VerdictRead;
  /** `vm-42 r12`, `gh-03 → gh-09 r18`: who was asked about. */
  readonly subject: readonly string[];
  /** Without it the page has no GPAs and no VMAs to show. */
  readonly manifest?: Manifest | undefined;
  readonly validity?: string | undefined;
}

/** As much of a digest as tells it from others: `sha256:` and 12 digits. */
const DIGEST_SHOWN = 19;

function basisWords(page: VerdictPage): string[] {
  const { basis, phases, hypothetical, assumed = {} } = page.verdict;
  return [
    ...(phases === undefined ? [] : [`asked ${phases.join(' ')}`]),
    `policy ${basis.policy}`,
    ...(hypothetical === true ? ['hypothetical: no kernel answers so'] : []),
    ...Object.entries(assumed).map(([name, value]) => `assumed ${name}=${String(value)}`),
    `generation ${basis.generation ?? 'unknown'}`,
    `rulebook ${basis.rulebook}`,
    ...(basis.catalogue === undefined ? [] : [`catalogue ${basis.catalogue.slice(0, DIGEST_SHOWN)}`]),
    ...(page.validity === undefined ? [] : [page.validity]),
  ];
}

function leadingFinding(verdict: VerdictRead): FindingRead | undefined {
  const fail = verdict.wouldFail;
  if (fail === null) return undefined;
  return verdict.findings.find(
    (each) =>
      each.severity === 'reject' &&
      each.phase === fail.phase &&
      each.reason === fail.reason &&
      each.slot === fail.slot &&
      each.mapping === fail.mapping,
  );
}

function paragraphs(page: VerdictPage, style: Style): string[][] {
  const { verdict } = page;
  const groups = groupFindings(verdict.findings, leadingFinding(verdict));
  const answer = answerWords(verdict);
  return [
    style.laidOut ? wrap(answer, style.width) : [answer],
    ...groups.map((group) => findingLines(group, page.manifest, style)),
    mappingLines(verdict.memslots, page.manifest, style),
  ].filter((lines) => lines.length > 0);
}

/** A verdict for a person: the outcome first, then what would happen, then each finding, then every mapping. */
export function verdictLines(page: VerdictPage, style: Style): string[] {
  const { outcome } = page.verdict;
  if (!style.laidOut) {
    const head = [outcome, ...page.subject, ...basisWords(page)].join('\t');
    return [head, ...paragraphs(page, style).flat()];
  }
  return [
    [style.outcome(outcome), ...page.subject].join('  '),
    ...wrapParts(basisWords(page), style.width).map(style.faint),
    ...paragraphs(page, style).flatMap((lines) => ['', ...lines]),
  ];
}

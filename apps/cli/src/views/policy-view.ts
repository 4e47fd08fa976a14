import type { PolicyCard } from '@berth/engine';
import type { Style } from '../style.js';
import { pairLines } from './pairs.js';
import { tableLines } from './table.js';

const DEGRADATION: Readonly<Record<PolicyCard['silentDegradation'], string>> = {
  never: 'nothing is weakened in silence',
  refused: 'Berth refuses what is weakened in silence',
  warning: 'what is weakened in silence is a warning',
};

function assumedWords({ assumes }: PolicyCard): string {
  return Object.entries(assumes)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(', ');
}

export function policyLines(card: PolicyCard, style: Style): string[] {
  return [
    `policy ${card.id}`,
    ...pairLines(style, [
      ['in short', card.title],
      ['rule', card.statement],
      ['slot', card.admission ?? ''],
      ['fault', card.fault ?? ''],
      ['errno', card.errno ?? ''],
      ['assumes', assumedWords(card)],
      ['silence', DEGRADATION[card.silentDegradation]],
      ...card.hazards.map(({ id, statement }): [string, string] => [`hazard ${id}`, statement]),
      ['from', card.proposedBy ?? ''],
      ['merged', card.hypothetical ? 'never: what it answers is hypothetical' : ''],
    ]),
  ];
}

export function policyListLines(cards: readonly PolicyCard[], style: Style): string[] {
  const columns = [{ head: 'POLICY' }, { head: 'IN SHORT', gives: true }];
  return tableLines(
    style,
    columns,
    cards.map((card) => [card.id, card.title]),
  );
}

import { DECISION, ROWS } from './goals.mjs';

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);

export function summary(numbers) {
  const all = sorted(numbers);
  const middle = all.length / 2;
  const median = (all[Math.floor(middle - 0.5)] + all[Math.floor(middle)]) / 2;
  return { median, min: all[0], max: all[all.length - 1] };
}

const ratioOf = (mine, floor) => mine.median / floor.median;
const verdictOf = (met) => (met ? 'met' : 'missed');

function against(row, mine, floor) {
  const latency = ratioOf(mine.p50, floor.p50);
  const rate = ratioOf(mine.rate, floor.rate);
  return {
    floor: row.floor,
    latency: { ratio: latency, goal: row.latency, verdict: row.latency && verdictOf(latency <= row.latency) },
    rate: { ratio: rate, goal: row.rate, verdict: row.rate && verdictOf(rate >= row.rate) },
    guide: row.guide,
  };
}

/** `rounds[id]` is a list of `{one, eight}`: the same row with one client and with eight. */
export function judge(rounds, decisions) {
  const measured = Object.fromEntries(
    ROWS.map(({ id }) => [
      id,
      { p50: summary(rounds[id].map(({ one }) => one.p50)), rate: summary(rounds[id].map(({ eight }) => eight.rate)) },
    ]),
  );
  const rows = ROWS.map((row) => ({
    id: row.id,
    title: row.title,
    ...measured[row.id],
    ...(row.floor ? { against: against(row, measured[row.id], measured[row.floor]) } : {}),
  }));
  return { rows, decision: judgeDecisions(decisions) };
}

function judgeDecisions(rounds) {
  const { slots } = rounds[0];
  const floor = summary(rounds.map((round) => round.floor));
  const engine = summary(rounds.map(({ decisions: [plain] }) => (plain.again * 1000) / slots));
  const ratio = ratioOf(engine, floor);
  const whole = rounds[0].decisions.map((question, at) =>
    wholeDecision(question, (name) => rounds.map(({ decisions }) => decisions[at][name])),
  );
  const { latency: goal, guide } = DECISION;
  return { engine, floor, ratio, goal, guide, slots, verdict: verdictOf(ratio <= goal), whole };
}

function wholeDecision({ title, findings, fields }, seen) {
  const again = summary(seen('again'));
  const verdict = verdictOf(again.median <= DECISION.microseconds);
  return { title, findings, fields, again, first: summary(seen('first')), goal: DECISION.microseconds, verdict };
}

const count = (number) => Math.round(number).toLocaleString('en');
const spread = ({ median, min, max }) => `${count(median)} (${count(min)}–${count(max)})`;
const held = ({ ratio, goal, verdict }, sign) =>
  verdict ? `${ratio.toFixed(2)}× (goal ${sign} ${goal.toFixed(2)}×: ${verdict})` : `${ratio.toFixed(2)}×`;

function lines({ title, p50, rate, against: floor }) {
  const measured = [title, `  p50 of 1 client, µs   ${spread(p50)}`, `  rate of 8 clients, /s ${spread(rate)}`];
  if (!floor) return measured;
  return [
    measured[0],
    `${measured[1].padEnd(50)} ${held(floor.latency, '≤')} of ${floor.floor}`,
    `${measured[2].padEnd(50)} ${held(floor.rate, '≥')} of ${floor.floor}`,
    `  guide ${floor.guide}`,
  ];
}

/** How far the rounds of the floor differ: above 1.2 the machine was doing something else too. */
const noiseOf = (rows) => {
  const { rate } = rows.find(({ id }) => id === 'hello');
  return rate.max / rate.min;
};

const inTenths = ({ median, min, max }) => `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;

function wholeLines({ title, findings, fields, again, first, goal, verdict }) {
  return [
    `  ${title}: ${findings} findings${fields === 0 ? '' : ` that name ${fields} register fields`}`,
    `${`    documents known, µs   ${inTenths(again)}`.padEnd(50)} goal ≤ ${goal}: ${verdict}`,
    `    first seen, µs        ${inTenths(first)}`,
  ];
}

export function print({ rows, decision }, { seconds, rounds }) {
  const engine = `  engine, ns            ${spread(decision.engine)}`;
  return [
    `Medians of ${rounds} interleaved rounds of ${seconds} s, lowest and highest round in brackets.`,
    `Noise of hello's rate, highest round over lowest: ${noiseOf(rows).toFixed(2)}.`,
    'The load generator adds its own share to every HTTP latency, floor included: read the ratios of the rates first.',
    '',
    ...rows.flatMap((row) => [...lines(row), '']),
    `one (memslot, host) decision, all reasons, ${decision.slots} slots, in process`,
    `  stand-in, ns          ${spread(decision.floor)}`,
    `${engine.padEnd(50)} ${held(decision, '≤')} of stand-in`,
    `  guide ${decision.guide}`,
    '',
    `one decision, ${decision.slots} slots, all phases, all findings, in process`,
    ...decision.whole.flatMap(wholeLines),
  ].join('\n');
}

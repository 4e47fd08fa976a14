import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import { BORDER_VECTORS, MEMORY_VECTORS, VECTOR_PHASES, type Vector } from '../support/vectors.js';

const api = useApi();
const VECTORS = [...MEMORY_VECTORS, ...BORDER_VECTORS];
const nameOf = (file: string): string => file.replace(/^.*\//, '').replace(/\.json$/, '');
const factsOf = (file: string): object =>
  JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'));
const POLICIES = ['kernel', 'strict'] as const;

/** Hosts that are too old to be registered. */
const tooOld = new Set<string>();

beforeAll(async () => {
  for (const file of new Set(VECTORS.map(({ fingerprint }) => fingerprint))) {
    const seen = { machineId: nameOf(file), bootId: 'boot', collectedAt: '2026-11-20T07:00:00Z' };
    const { status, json } = await api.admin.put(`/v1/hosts/${nameOf(file)}/fingerprint`, {
      ...factsOf(file),
      ...seen,
    });
    if (json.code === 'KERNEL_TOO_OLD') tooOld.add(file);
    else expect(status).toBe(201);
  }
});

interface Answer {
  readonly outcome: string;
  readonly wouldFail: { readonly reason: string } | null;
  readonly memslots: readonly object[];
  readonly basis: { readonly generation: string | null };
}

function assertExpected(vector: Vector, policy: 'kernel' | 'strict', answer: Answer): void {
  const { outcome, wouldFail, memslots, basis } = answer;
  expect({ outcome, reason: wouldFail?.reason ?? null }).toEqual(vector.expect[policy]);
  expect(basis.generation).toBe(vector.expect.generation);
  const { registration, errno, fault, faultErrno, stage2 } = vector.expect;
  if (policy === 'kernel')
    expect(memslots[vector.expect.row]).toMatchObject({ registration, errno, fault, faultErrno, stage2 });
}

test.each(VECTORS)('$id $title', async (vector) => {
  const { admin } = api;
  const target = nameOf(vector.fingerprint);
  const vm = vector.id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  expect((await admin.put(`/v1/vms/${vm}/manifest`, vector.manifest)).status).toBe(201);
  for (const policy of POLICIES) {
    const question = { policy, phases: VECTOR_PHASES };
    const evaluated = await admin.post('/v1/evaluations', {
      manifest: vector.manifest,
      fingerprint: factsOf(vector.fingerprint),
      ...question,
    });
    assertExpected(vector, policy, evaluated.json);
    if (tooOld.has(vector.fingerprint)) continue;
    const asked = await admin.post('/v1/preflights', { vm, target, ...question });
    const { outcome, wouldFail, findings, memslots } = evaluated.json;
    expect(asked.json).toMatchObject({ outcome, wouldFail, findings, memslots });
  }
});

test('only a kernel before the oldest generation is too old', () => {
  expect([...tooOld].map(nameOf)).toEqual(['fwb-dic-5.13-4k']);
});

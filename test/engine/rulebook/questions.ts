// Every question whose answer is kept: what the rulebook says to them may change with its version alone.
import { type Phase, POLICIES, type Question, type Suppositions } from '@berth/engine';
import fc from 'fast-check';
import { recordedHosts } from '../../../tools/matrix/hosts.mjs';
import { knownHost, knownVm } from '../../support/arbitrary.js';
import { cpuVmLike, knownCpuHost } from '../../support/arbitrary-cpu.js';
import { deviceWorld } from '../../support/arbitrary-devices.js';
import { forgetful } from '../../support/forget.js';
import { RECORDED_HOSTS, recordedCases, recordedFingerprint } from '../../support/recorded.js';
import {
  BORDER_VECTORS,
  MEMORY_VECTORS,
  VECTOR_PHASES,
  vectorFingerprint,
  vectorManifest,
} from '../../support/vectors.js';
import { CPU_VECTORS, cpuVectorQuestion } from '../../support/vectors-cpu.js';
import { DEVICE_VECTORS, deviceVectorQuestion } from '../../support/vectors-devices.js';
import { POLICY_VECTORS, policyVectorQuestion } from '../../support/vectors-policies.js';
import { CORPUS } from '../corpus.js';
import { DEVICE_QUESTIONS } from '../corpus-devices.js';
import { CPU_QUESTIONS } from '../cpu-questions.js';
import { cpuChangesOf } from '../facts-of-cpu.js';
import { deviceChangesOf } from '../facts-of-devices.js';
import { changesOf } from '../facts-of-questions.js';
import { driverQuestions, registerQuestions } from './tables.js';

/** Questions that are kept under one name. */
export interface Kept {
  readonly id: string;
  readonly questions: readonly Question[];
}

/** Asked in this order; the first are the smallest, and what fails first is then easiest to read. */
export function keptQuestions(): readonly Kept[] {
  return [...ofVectors(), ...ofCorpus(), ...ofTables(), ...ofMatrix(), ...ofRecordings(), ...generated()];
}

const EVERYTHING_SUPPOSED: Suppositions = { cacheableFlag: true, sealed: true, optOutActive: true };

/** One question by the rules of each policy, with nothing supposed and with all that can be. */
function underEveryPolicy(question: Question): readonly Question[] {
  const { policy: _, proposal, ...asked } = question;
  return [proposal, EVERYTHING_SUPPOSED].flatMap((supposed) =>
    POLICIES.map((policy) => ({ ...asked, policy, proposal: supposed })),
  );
}

function ofVectors(): readonly Kept[] {
  const ofMemory = [...MEMORY_VECTORS, ...BORDER_VECTORS].map((vector) => ({
    id: `${vector.id} ${vector.title}`,
    question: { manifest: vectorManifest(vector), target: vectorFingerprint(vector), phases: VECTOR_PHASES },
  }));
  const ofOthers = [
    ...POLICY_VECTORS.map((vector) => ({ id: `${vector.id} ${vector.title}`, question: policyVectorQuestion(vector) })),
    ...CPU_VECTORS.map((vector) => ({ id: `${vector.id} ${vector.title}`, question: cpuVectorQuestion(vector) })),
    ...DEVICE_VECTORS.map((vector) => ({ id: `${vector.id} ${vector.title}`, question: deviceVectorQuestion(vector) })),
  ];
  return [...ofMemory, ...ofOthers].map(({ id, question }) => ({ id, questions: underEveryPolicy(question) }));
}

/** Each question of the corpus as it is, by every policy, and with each of its facts forgotten or known otherwise. */
function ofCorpus(): readonly Kept[] {
  const claims = CORPUS.map(({ check, question }) => ({ id: `corpus ${check}`, question }));
  const more = [
    ...CPU_QUESTIONS.map((question, at) => ({ id: `corpus cpu ${at}`, question })),
    ...DEVICE_QUESTIONS.map((question, at) => ({ id: `corpus devices ${at}`, question })),
  ];
  return [...claims, ...more].map(({ id, question }) => ({
    id,
    questions: [...underEveryPolicy(question), ...changed(question)],
  }));
}

/** Facts of other phases than those that a question asks would change nothing. */
function changed(question: Question): readonly Question[] {
  const asks = (...phases: readonly Phase[]) => phases.some((phase) => question.phases?.includes(phase) ?? true);
  const changes = [
    ...(asks('vm', 'memslot', 'fault') ? changesOf(question) : []),
    ...(asks('source', 'device') ? deviceChangesOf(question) : []),
    ...(asks('vcpu', 'state-load') ? cpuChangesOf(question) : []),
  ];
  return changes.flatMap(({ others }) => others);
}

function ofTables(): readonly Kept[] {
  const named = (what: string, tables: ReadonlyMap<string, readonly Question[]>) =>
    [...tables].map(([name, questions]) => ({ id: `${what} ${name}`, questions }));
  return [...named('driver', driverQuestions()), ...named('register', registerQuestions())];
}

function ofMatrix(): readonly Kept[] {
  const hosts = recordedHosts();
  return hosts.map(({ name, vm, source }) => ({
    id: `matrix from ${name}`,
    questions: hosts.map(({ target }) => ({ manifest: vm, target, source })),
  }));
}

function ofRecordings(): readonly Kept[] {
  return RECORDED_HOSTS.map((host) => {
    const target = recordedFingerprint(host);
    const questions = recordedCases(host).map(({ manifest }) => ({ manifest, target, phases: VECTOR_PHASES }));
    return { id: `recorded on ${host}`, questions };
  });
}

const SEED = 20_260_101;
const GENERATED = 2_000;
const BATCH = 100;

const memory = fc
  .record({ manifest: knownVm, target: knownHost, policy: fc.constantFrom(...POLICIES) })
  .chain(partlyForgotten)
  .map((question) => ({ ...question, phases: VECTOR_PHASES }));

const cpu = knownCpuHost
  .chain((target) => cpuVmLike(target).map((manifest) => ({ manifest, target })))
  .chain(partlyForgotten)
  .map((question) => ({ ...question, phases: ['vcpu', 'state-load'] as const }));

const devices = deviceWorld.chain(partlyForgotten);

/** Half of them whole, half with facts forgotten. */
function partlyForgotten<T extends Question>(whole: T): fc.Arbitrary<T> {
  const less = fc
    .record({ manifest: forgetful(whole.manifest), target: forgetful(whole.target) })
    .map((documents) => ({ ...whole, ...documents }));
  return fc.oneof(fc.constant(whole), less);
}

function generated(): readonly Kept[] {
  return Object.entries({ memory, cpu, devices }).flatMap(([kind, questions]) =>
    batches(`generated ${kind}`, fc.sample<Question>(questions, { seed: SEED, numRuns: GENERATED })),
  );
}

function batches(name: string, questions: readonly Question[]): readonly Kept[] {
  return Array.from({ length: Math.ceil(questions.length / BATCH) }, (_, at) => ({
    id: `${name} ${at + 1}`,
    questions: questions.slice(at * BATCH, (at + 1) * BATCH),
  }));
}

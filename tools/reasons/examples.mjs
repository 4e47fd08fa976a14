// One small question for each check, from the corpus that proves each check needed: what differs in it from a question that nothing
// is against, and what the rulebook says to it.
import { join } from 'node:path';
import { printFingerprint, printManifest } from '@berth/contract';
import { decide } from '@berth/engine';
import { ROOT, Sources } from '../mutate/sources.mjs';

const inTests = (path) => join(ROOT, 'test', path);

async function readTests() {
  const paths = {
    corpus: inTests('engine/corpus.ts'),
    plain: inTests('support/builders.ts'),
    cpu: inTests('support/builders-cpu.ts'),
    devices: inTests('support/builders-devices.ts'),
  };
  const sources = new Sources();
  for (const path of Object.values(paths)) await sources.read(path);
  const loaded = new Map();
  const from = (path) => sources.evaluate(path, loaded);
  return {
    claims: from(paths.corpus).CORPUS,
    bases: [from(paths.plain).aQuestion(), from(paths.cpu).aCpuQuestion(), from(paths.devices).aDeviceQuestion()],
  };
}

/** The documents of a question as they go over the wire. */
export function documentsOf({ manifest, target, source, registered }) {
  return {
    manifest: printManifest(manifest),
    fingerprint: printFingerprint(target),
    ...(source === undefined ? {} : { sourceFingerprint: printFingerprint(source) }),
    ...(registered === undefined ? {} : { registered }),
  };
}

const isBranch = (value) => typeof value === 'object' && value !== null;
/** A list of words is read as one value. */
const isList = (value) => Array.isArray(value) && !value.some(isBranch);
const alike = (a, b) => isBranch(a) && isBranch(b) && Array.isArray(a) === Array.isArray(b) && !isList(a);

/** Each place where `made` is not as `base`, with what stands there; `undefined`: left out. */
function differences(base, made, pointer = '') {
  if (JSON.stringify(base) === JSON.stringify(made)) return [];
  if (!alike(base, made) || (Array.isArray(base) && base.length !== made.length)) return [{ pointer, value: made }];
  const keys = [...new Set([...Object.keys(base), ...Object.keys(made)])];
  return keys.flatMap((key) => differences(base[key], made[key], `${pointer}/${key}`));
}

const lengthOf = (changes) => JSON.stringify(changes).length;

/** From the question nearest to it of those that nothing is against and of which the check has nothing to say. */
function changesOf(check, question, bases) {
  const made = documentsOf(question);
  const silent = bases.filter((base) => !decide(base).findings.some((finding) => finding.check === check));
  const each = silent.map((base) => {
    const from = documentsOf(base);
    // That there is a source at all is no fact of it.
    const { sourceFingerprint, ...others } = from;
    return differences(made.sourceFingerprint === undefined ? others : from, made);
  });
  return each.reduce((best, next) => (lengthOf(next) < lengthOf(best) ? next : best));
}

/** By the id of the check: the question, what makes it, and what is said to it. */
export async function readExamples() {
  const { claims, bases } = await readTests();
  return new Map(
    claims.map(({ check, question }) => {
      const decision = decide(question);
      const finding = decision.findings.find((each) => each.check === check);
      return [check, { question, changes: changesOf(check, question, bases), decision, finding }];
    }),
  );
}

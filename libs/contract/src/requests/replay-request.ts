import { z } from 'zod';
import { type FingerprintDocument, type Purpose, parseFingerprint } from '../documents/parse-fingerprint.js';
import { type ManifestDocument, parseManifest } from '../documents/parse-manifest.js';
import { type Fault, fault, invalid, type Parsed, parseWith, withPrefix } from '../fields/faults.js';
import { jsonPointer } from '../json/json-pointer.js';
import { isJsonObject, type JsonObject } from '../json/json-value.js';
import { type Overrides, overlaps, overrideDocument } from '../overrides/override-document.js';
import { questionShape } from './question-shape.js';

const POINTER = /^(?:\/(?:[^~/]|~[01]){0,256}){1,32}$/;

const overrides = z.record(z.string().regex(POINTER, { error: 'a JSON pointer such as "/cpu/fwb"' }), z.unknown());

export const ReplayRequestSchema = z
  .strictObject({
    ...questionShape,
    catalogue: z.enum(['today', 'stored']).optional().meta({
      description:
        'Under which added rows of the catalogue: those of `today`, when left out, or the ones it was `stored` with.',
    }),
    overrides: z.strictObject({ fingerprint: overrides.optional(), manifest: overrides.optional() }).optional().meta({
      description:
        'Other facts: JSON pointer into the stored document → what stands there instead, or null to forget what does. `-` ends a list. The answer is then hypothetical, and nothing is stored.',
    }),
  })
  .meta({ id: 'ReplayRequest', description: 'The same question, where nothing is said otherwise.' });

/** The stored document with other facts, parsed as if it had been sent so. */
export type Override<T> = (stored: JsonObject) => Parsed<T>;

export interface ReplayRequest extends Pick<z.output<typeof ReplayRequestSchema>, 'policy' | 'phases' | 'catalogue'> {
  readonly fingerprint?: Override<FingerprintDocument>;
  readonly manifest?: Override<ManifestDocument>;
}

export function parseReplayRequest(value: unknown): Parsed<ReplayRequest> {
  const parsed = parseWith(ReplayRequestSchema, value);
  const hidden = hiddenKeys(value);
  if (parsed.kind === 'invalid') return hidden.length > 0 ? invalid([...parsed.faults, ...hidden]) : parsed;
  const { overrides: given = {}, ...question } = parsed.value;
  // Whatever was parsed from JSON is JSON.
  const { fingerprint = {}, manifest = {} } = given as { fingerprint?: Overrides; manifest?: Overrides };
  const faults = [
    ...hidden,
    ...withPrefix('/overrides/fingerprint', overlaps(fingerprint)),
    ...withPrefix('/overrides/manifest', overlaps(manifest)),
  ];
  if (faults.length > 0) return invalid(faults);
  const ofFingerprint = overriding('/overrides/fingerprint', fingerprint, parseFingerprint);
  const ofManifest = overriding('/overrides/manifest', manifest, parseManifest);
  return {
    kind: 'ok',
    value: {
      ...question,
      ...(ofFingerprint === undefined ? {} : { fingerprint: ofFingerprint }),
      ...(ofManifest === undefined ? {} : { manifest: ofManifest }),
    },
  };
}

/** The schema library steps over a key called `__proto__`, so that key is refused here. */
function hiddenKeys(value: unknown): Fault[] {
  const given = isJsonObject(value) && isJsonObject(value.overrides) ? value.overrides : {};
  return Object.entries(given).flatMap(([which, overrides]) =>
    isJsonObject(overrides) && Object.hasOwn(overrides, '__proto__')
      ? [fault(['overrides', which, '__proto__'], 'FORMAT', 'a JSON pointer such as "/cpu/fwb"', '__proto__')]
      : [],
  );
}

function overriding<T>(
  at: string,
  given: Overrides,
  parse: (value: unknown, purpose: Purpose) => Parsed<T>,
): Override<T> | undefined {
  const pointers = Object.keys(given);
  if (pointers.length === 0) return undefined;
  return (stored) => {
    const made = overrideDocument(stored, given);
    if (made.kind === 'invalid') return invalid(withPrefix(at, made.faults));
    const parsed = parse(made.value, 'evaluate');
    if (parsed.kind === 'ok') return parsed;
    return invalid(
      withPrefix(
        at,
        parsed.faults.map((each) => inOverrides(each, pointers)),
      ),
    );
  };
}

/** What is wrong with the document that was made, said of the override that did it, where one did. */
function inOverrides(found: Fault, pointers: readonly string[]): Fault {
  const { pointer } = found;
  const within = pointers.find((each) => pointer === each || pointer.startsWith(`${each}/`));
  if (within !== undefined) return { ...found, pointer: `${jsonPointer([within])}${pointer.slice(within.length)}` };
  const below = pointers.find((each) => each.startsWith(`${pointer}/`));
  const detail = `at \`${pointer}\` of the document: ${found.detail}`;
  return { ...found, pointer: below === undefined ? '' : jsonPointer([below]), detail };
}

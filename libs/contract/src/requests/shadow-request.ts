import { type Catalogue, CHECKS, POLICIES, type Policy } from '@berth/engine';
import { z } from 'zod';
import { catalogueRowsField } from '../catalogue/catalogue-row-schema.js';
import { type CatalogueDocument, parseCatalogue, readCatalogue } from '../catalogue/parse-catalogue.js';
import { checkWith, type Fault, fault, invalid, type Parsed, withPrefix } from '../fields/faults.js';
import { digestOf } from '../json/digest.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.js';

export const OVERRULES = ['off', 'warn', 'reject'] as const;
type Overrule = (typeof OVERRULES)[number];

export const ShadowRequestSchema = z
  .strictObject({
    policy: z.enum(POLICIES).optional().meta({ description: 'In place of that of each question.' }),
    checks: z.record(z.string(), z.enum(OVERRULES)).optional().meta({
      description:
        'By the id of a check: `off` asks it not, `warn` lets it refuse nothing, `reject` lets it refuse whatever the policy.',
    }),
    catalogue: catalogueRowsField().optional().meta({
      description: "Added rows of the catalogue, in place of the fleet's; `[]` for the built-in ones alone.",
    }),
  })
  .meta({ id: 'ShadowRequest', description: 'Rules to be tried beside those that count: at least one other.' });

/** Rules as they are set, with their digest. */
export interface ShadowDocument {
  readonly digest: string;
  readonly document: JsonObject;
  readonly rules: {
    readonly policy?: Policy | undefined;
    readonly checks: ReadonlyMap<string, Overrule>;
    readonly catalogue?: Catalogue | undefined;
  };
}

const Envelope = z.strictObject({ ...ShadowRequestSchema.shape, catalogue: z.unknown().optional() });
const KNOWN: ReadonlySet<string> = new Set(CHECKS.map(({ id }) => id));

export function parseShadowRequest(value: unknown): Parsed<ShadowDocument> {
  const envelope = checkWith(Envelope, value);
  const added = isJsonObject(value) && value.catalogue !== undefined ? parseCatalogue(value.catalogue) : undefined;
  const faults = [
    ...(envelope.kind === 'invalid' ? envelope.faults : []),
    ...unknownChecks(value),
    ...(added?.kind === 'invalid' ? withPrefix('/catalogue', added.faults) : []),
    ...(isEmpty(value) ? [fault([], 'REQUIRED', '`policy`, `checks` or `catalogue`', value)] : []),
  ];
  if (envelope.kind === 'invalid' || faults.length > 0) return invalid(faults);
  const document = value as JsonObject;
  const { policy, checks = {} } = envelope.value;
  const rules = { policy, checks: new Map(Object.entries(checks)), ...catalogueOf(added) };
  return { kind: 'ok', value: { digest: digestOf(document), document, rules } };
}

/** Names every object has are no checks either. */
function unknownChecks(value: unknown): Fault[] {
  if (!isJsonObject(value) || !isJsonObject(value.checks)) return [];
  const unknown = Object.keys(value.checks).filter((id) => !KNOWN.has(id));
  return unknown.map((id) => fault(['checks', id], 'ENUM', 'the id of a check, see `GET /v1/checks`', id));
}

/** Rules that change nothing, whatever they are written as. */
const isEmpty = (value: unknown): boolean =>
  isJsonObject(value) &&
  value.policy === undefined &&
  value.catalogue === undefined &&
  (!isJsonObject(value.checks) || Object.keys(value.checks).length === 0);

function catalogueOf(added: Parsed<CatalogueDocument> | undefined): { readonly catalogue?: Catalogue } {
  return added?.kind === 'ok' ? { catalogue: added.value.catalogue } : {};
}

/** Stored rules, which were parsed when they were stored. */
export function readShadowRules(document: JsonObject): ShadowDocument['rules'] {
  const { policy, checks, catalogue } = document;
  return {
    policy: policy as Policy | undefined,
    checks: new Map(Object.entries((checks ?? {}) as Readonly<Record<string, Overrule>>)),
    ...(catalogue === undefined ? {} : { catalogue: readCatalogue(catalogue as readonly JsonValue[]) }),
  };
}

import { z } from 'zod';
import { type Fault, fault, invalid, type Parsed, parseWith, withPrefix } from '../fields/faults.js';
import { isJsonObject } from '../json/json-value.js';
import { questionShape } from './question-shape.js';
import { parseSelector, type Selector, SelectorSchema } from './selector.js';

export const SweepRequestSchema = z
  .strictObject({ vms: SelectorSchema, targets: SelectorSchema, ...questionShape })
  .meta({
    id: 'SweepRequest',
    description: 'Many VMs against many targets; a VM is not asked about the host it is on.',
  });

const Envelope = z.strictObject({
  ...SweepRequestSchema.shape,
  vms: z.unknown().optional(),
  targets: z.unknown().optional(),
});

export type SweepRequest = z.output<typeof SweepRequestSchema>;

export function parseSweepRequest(value: unknown): Parsed<SweepRequest> {
  const envelope = parseWith(Envelope, value);
  const faults: Fault[] = envelope.kind === 'invalid' ? [...envelope.faults] : [];
  if (!isJsonObject(value)) return invalid(faults);
  const vms = selected('vms', value.vms, faults);
  const targets = selected('targets', value.targets, faults);
  if (envelope.kind === 'invalid' || vms === undefined || targets === undefined) return invalid(faults);
  return { kind: 'ok', value: { ...envelope.value, vms, targets } };
}

function selected(field: 'vms' | 'targets', value: unknown, faults: Fault[]): Selector | undefined {
  const parsed =
    value === undefined ? invalid<Selector>([fault([], 'REQUIRED', 'a selector', value)]) : parseSelector(value);
  if (parsed.kind === 'ok') return parsed.value;
  faults.push(...withPrefix(`/${field}`, parsed.faults));
  return undefined;
}

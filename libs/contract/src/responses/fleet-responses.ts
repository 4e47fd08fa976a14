import { OUTCOMES } from '@berth/engine';
import { z } from 'zod';
import { countField, digestField, nameField } from '../fields/fields.js';
import { WouldFailSchema } from '../verdict/verdict-schema.js';

const byReason = z.record(z.string(), countField()).meta({
  description:
    'How many hosts do not say yes for which reason: what would fail first there, or else what is not known first. The most frequent first.',
});

const candidate = z
  .strictObject({
    host: nameField(),
    outcome: z.enum(OUTCOMES),
    wouldFail: WouldFailSchema.optional().meta({ description: 'There when it is a no.' }),
    missing: z
      .array(z.string())
      .optional()
      .meta({ description: 'There when it cannot be told: the facts that are not known, as JSON pointers.' }),
  })
  .meta({ id: 'Candidate' });

export const CandidatesSchema = z
  .strictObject({
    counts: z.strictObject({
      compatible: countField(),
      incompatible: countField(),
      indeterminate: countField(),
      byReason,
    }),
    hosts: z.array(candidate).meta({ description: 'Those that say yes first, each kind by name.' }),
  })
  .meta({ id: 'Candidates', description: 'Every host that was asked is counted, listed or not.' });

const group = z
  .object({ hosts: countField() })
  .catchall(z.union([z.string(), z.boolean(), countField(), z.null()]))
  .meta({
    id: 'InventoryGroup',
    description: 'How many hosts share these values; null is what is not known, or a label that is not set.',
  });

export const InventorySchema = z
  .strictObject({ groups: z.array(group).meta({ description: 'Largest first.' }), total: countField() })
  .meta({ id: 'Inventory' });

const evacuee = z
  .strictObject({
    vm: nameField(),
    targets: z.array(nameField()).meta({ description: 'The first ten by name.' }),
    compatible: countField().meta({ description: 'How many targets there are.' }),
    byReason,
  })
  .meta({ id: 'Evacuee' });

export const EvacuationSchema = z
  .strictObject({
    host: nameField(),
    vms: z.array(evacuee).meta({ description: 'Those with the fewest targets first.' }),
  })
  .meta({ id: 'Evacuation', description: 'Every VM on the host, and where it could go.' });

const factClass = z
  .strictObject({
    id: digestField(),
    facts: z.record(z.string(), z.unknown()).meta({
      description: 'The sections of a document, with what some check reads of them and nothing else.',
    }),
    members: countField(),
    sample: z.array(nameField()).meta({ description: 'The first ten by name.' }),
  })
  .meta({ id: 'FactClass' });

export const ClassesSchema = z
  .strictObject({ classes: z.array(factClass).meta({ description: 'Largest first.' }) })
  .meta({ id: 'Classes', description: 'Hosts, or VMs, that no check can tell apart.' });

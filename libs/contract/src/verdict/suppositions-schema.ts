import { z } from 'zod';

export const SuppositionsSchema = z
  .strictObject({
    cacheableFlag: z.boolean().optional().meta({
      description:
        'The flag that marks cacheable device memory: bit 3 of the flags of each slot over such memory, or VM_FORCE_CACHEABLE on each such VMA, as the policy has it.',
    }),
    sealed: z.boolean().optional().meta({ description: 'The VMM has sealed its mappings.' }),
    optOutActive: z.boolean().optional().meta({ description: 'The host was booted with the opt-out from Normal-NC.' }),
  })
  .meta({
    id: 'Suppositions',
    description:
      'What proposals go by and no document says; what is left out is as the policy assumes, see `GET /v1/policies`.',
  });

import { IdSchema, NameSchema, RevisionSchema } from '@berth/contract';

/** The schemas that parameters of paths refer to by name. */
export const NAMED_PARAMETERS = [IdSchema, NameSchema, RevisionSchema] as const;

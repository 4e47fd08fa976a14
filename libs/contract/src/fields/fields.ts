import { z } from 'zod';

/** `expected` ends the sentence "expected …" of a fault. */
const patterned = (pattern: RegExp, expected: string) =>
  z.string({ error: expected }).regex(pattern, { error: expected });

export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** A host, a VM, a device of a VM. */
export const nameField = () =>
  patterned(NAME_PATTERN, 'a name of up to 128 letters, digits, `.`, `_` and `-`, the first a letter or digit');

/** An address, a size or a register. */
export const hexField = () => patterned(/^0x[0-9a-f]{1,16}$/, 'a number such as "0x40000000", in lower case');

export const digestField = () => patterned(/^sha256:[0-9a-f]{64}$/, '`sha256:` and 64 hexadecimal digits');

/** How the agent digests a list is its own affair: it is only compared for equality. */
export const listDigestField = () => patterned(/^sha256:[0-9a-f]{1,64}$/, '`sha256:` and hexadecimal digits');

export const textField = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // Control characters would be printed raw by terminals and logs.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .regex(/^[^\x00-\x1f\x7f]*$/, { error: 'text without control characters' });

export const vendorDeviceField = () =>
  patterned(/^[0-9a-f]{4}:[0-9a-f]{4}$/, 'vendor and device such as "10de:2342", in lower case');

const TIME_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|\+00:00)$/;

/** Year 1970 and later: what every clock and Postgres can hold. */
export function isUtcTime(text: string): boolean {
  if (!TIME_PATTERN.test(text)) return false;
  const time = new Date(text.replace('+00:00', 'Z'));
  // The 30th of February would otherwise pass as the 2nd of March.
  return !Number.isNaN(time.getTime()) && time.getTime() >= 0 && time.toISOString().slice(0, 19) === text.slice(0, 19);
}

const UTC_TIME = { error: 'a time in UTC such as "2026-11-20T07:00:00.120Z"' };
export const timeField = () => z.string(UTC_TIME).refine(isUtcTime, UTC_TIME).meta({ format: 'date-time' });

export const countField = (max = Number.MAX_SAFE_INTEGER) => z.int().min(0).max(max);

/** Names of capabilities and registers, as the kernel spells them. */
export const kernelNameField = () => patterned(/^[A-Za-z][A-Za-z0-9_]{0,127}$/, 'a name as the kernel spells it');

export const byKernelName = <T extends z.ZodType>(value: T) => z.record(kernelNameField(), value);

const LABEL_KEY = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/;
const labelKeyField = () => patterned(LABEL_KEY, 'a label of up to 128 letters, digits, `.`, `_`, `-` and `/`');
export const labelValueField = () => textField(256);

export const isLabelKey = (text: string): boolean => LABEL_KEY.test(text);

export const labelsField = () => z.record(labelKeyField(), labelValueField());
export const labelsPatchField = () => z.record(labelKeyField(), labelValueField().nullable());

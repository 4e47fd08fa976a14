import type { Departure, Stored } from '../../test/engine/rulebook/answers.js';

type Departs = (stored: Stored, now: Stored) => Departure;

export function difference(stored: Stored, now: Stored, departure: Departs): Departure & { readonly advice?: string };
export function givenOutOtherwise(released: Stored | undefined, now: Stored, departure: Departs): readonly string[];

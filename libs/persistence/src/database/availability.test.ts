import { Unavailable } from '@berth/application';
import { expect, test } from 'vitest';
import { asUnavailable } from './availability.js';

/** As Prisma's client throws what its driver met: a code of its own, and the server's below it. */
const wrapped = (code: string, originalCode: string): Error =>
  Object.assign(new Error('Invalid `prisma.apiKey.findUnique()` invocation'), {
    code,
    meta: { driverAdapterError: { name: 'DriverAdapterError', cause: { originalCode, kind: 'postgres' } } },
  });

test.each([
  ['P2039', '57P03', 'unreachable'],
  ['P2010', '57014', 'timeout'],
  ['P2034', '40001', 'overloaded'],
  ['P2037', '53300', 'overloaded'],
])('what Postgres says below Prisma’s %s is heard: %s is %s', (code, state, why) => {
  const error = asUnavailable(wrapped(code, state));
  expect(error).toBeInstanceOf(Unavailable);
  expect((error as Unavailable).why).toBe(why);
});

test('what asking again does not help stays as it is', () => {
  const error = wrapped('P2002', '23505');
  expect(asUnavailable(error)).toBe(error);
});

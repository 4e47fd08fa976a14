import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { ALL_GENERATIONS, aHost, aManifest, aQuestion, type HostGiven } from '../../../../test/support/builders.js';
import type { VmType } from '../model/manifest.js';

const asks = (type: VmType | undefined, host: HostGiven = {}) =>
  aQuestion({ manifest: aManifest({ type }), target: aHost(host) });

const OLDER = ALL_GENERATIONS.filter((generation) => generation !== 'protected-guest');

describe('protected-vm-type', () => {
  it.each(OLDER)('says no on %s, on a pKVM host too', (generation) => {
    expect(failsWith(asks('protected', { generation, mode: 'protected', mte: false }))).toBe(
      'vm VM_TYPE_UNSUPPORTED EINVAL refused - -',
    );
  });

  it('says yes to a normal VM', () => {
    expect(said('protected-vm-type', asks('normal', { generation: 'guest-memfd' }))).toBe('pass');
  });

  it('does not know without the type', () => {
    const question = asks(undefined, { generation: 'guest-memfd' });
    expect(said('protected-vm-type', question)).toBe('unknown');
    expect(missingOf('protected-vm-type', question)).toEqual(['/manifest/vm/type']);
  });

  it('is not asked of 7.1 and later', () => {
    expect(said('protected-vm-type', asks('protected', { mode: 'protected', mte: false }))).toBe('pass');
  });
});

describe('protected-vm-mode', () => {
  it.each(['vhe', 'nvhe'] as const)('says no where kvm mode is %s', (mode) => {
    expect(failsWith(asks('protected', { mode }))).toBe('vm VM_TYPE_UNSUPPORTED EINVAL refused - -');
  });

  it('says yes on a pKVM host, and to a normal VM anywhere', () => {
    expect(said('protected-vm-mode', asks('protected', { mode: 'protected' }))).toBe('pass');
    expect(said('protected-vm-mode', asks('normal', { mode: undefined }))).toBe('pass');
    expect(said('protected-vm-mode', asks(undefined, { mode: 'protected' }))).toBe('pass');
  });

  it.each([
    ['protected', undefined, ['/fingerprint/kvm/mode']],
    [undefined, 'vhe', ['/manifest/vm/type']],
    [undefined, undefined, ['/fingerprint/kvm/mode', '/manifest/vm/type']],
  ] as const)('does not know with type %s and mode %s', (type, mode, missing) => {
    expect(said('protected-vm-mode', asks(type, { mode }))).toBe('unknown');
    expect(missingOf('protected-vm-mode', asks(type, { mode }))).toEqual(missing);
  });

  it('is asked of every kernel, so that a host without pKVM is a no whatever its kernel', () => {
    expect(said('protected-vm-mode', asks('protected', { generation: 'guest-memfd' }))).toBe('reject');
  });
});

describe('realm-vm-type', () => {
  it('says no where the target says that it cannot take a Realm', () => {
    const question = asks('realm', { cca: { rmm: '1.0', realmMigration: false } });
    expect(failsWith(question)).toBe('vm VM_TYPE_UNSUPPORTED EINVAL refused - -');
  });

  it('never says yes to a Realm: what is not described is not known', () => {
    const able = asks('realm', { cca: { rmm: '1.0', realmMigration: true } });
    expect(said('realm-vm-type', able)).toBe('unknown');
    expect(missingOf('realm-vm-type', able)).toEqual(['/fingerprint/cca/realmMigration']);
    expect(missingOf('realm-vm-type', asks('realm'))).toEqual(['/fingerprint/cca/rmm']);
  });

  it.each(['normal', 'protected', undefined] as const)('has nothing to say of type %s', (type) => {
    expect(said('realm-vm-type', asks(type, { cca: { realmMigration: false } }))).toBe('pass');
  });
});

import { describe, expect, it } from 'vitest';
import { failsWith, missingOf, said } from '../../../../test/support/ask.js';
import { aHost, aManifest, aQuestion } from '../../../../test/support/builders.js';
import { decide } from '../decide.js';
import type { VmType } from '../model/manifest.js';

const asks = (type: VmType | undefined, realmMigration?: boolean) =>
  aQuestion({ phases: ['source'], manifest: aManifest({ type }), source: aHost({ cca: { realmMigration } }) });

describe('source-protected-vm', () => {
  it('says no to a protected VM, for the dirty log it cannot have', () => {
    expect(failsWith(asks('protected'))).toBe('source PROTECTED_VM_NOT_MIGRATABLE EPERM refused - -');
    expect(decide(asks('protected')).findings[0]).toMatchObject({ side: 'source', sourceOutcome: 'unaffected' });
  });

  it('says yes to a normal VM', () => {
    expect(said('source-protected-vm', asks('normal'))).toBe('pass');
  });

  it('does not know without the type', () => {
    expect(missingOf('source-protected-vm', asks(undefined))).toEqual(['/manifest/vm/type']);
  });
});

describe('source-realm', () => {
  it('says no where the source says that it cannot', () => {
    expect(failsWith(asks('realm', false))).toBe('source REALM_NOT_MIGRATABLE no errno refused - -');
  });

  it('says yes where the source says that it can, and to what is no Realm', () => {
    expect(said('source-realm', asks('realm', true))).toBe('pass');
    expect(said('source-realm', asks('normal', false))).toBe('pass');
  });

  it('does not know where the source says nothing', () => {
    expect(said('source-realm', asks('realm'))).toBe('unknown');
    expect(missingOf('source-realm', asks('realm'))).toEqual(['/sourceFingerprint/cca/realmMigration']);
    expect(missingOf('source-realm', { ...asks('realm'), source: undefined })).toEqual([
      '/sourceFingerprint/cca/realmMigration',
    ]);
  });

  it('is never a yes in all: no rulebook describes the memslots of a Realm', () => {
    const { outcome } = decide({ ...asks('realm', true), phases: ['source', 'vm'] });
    expect(outcome).toBe('indeterminate');
  });
});

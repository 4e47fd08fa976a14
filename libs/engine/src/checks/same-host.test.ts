import { describe, expect, it } from 'vitest';
import { failsWith, said } from '../../../../test/support/ask.js';
import { aHost, aManifest, aQuestion, registeredAs } from '../../../../test/support/builders.js';

const runsOn = (host: string | undefined) => aManifest({ host });

describe('same-host', () => {
  it('says no when the VM runs on the target already', () => {
    const question = aQuestion({ manifest: runsOn('host-b'), registered: registeredAs({ host: 'host-b' }) });
    expect(failsWith(question)).toBe('policy SAME_HOST no errno refused - -');
  });

  it('says no when both fingerprints are of one machine, whatever it is called', () => {
    const question = aQuestion({ manifest: runsOn('host-a'), source: aHost(), registered: registeredAs() });
    expect(failsWith(question)).toBe('policy SAME_HOST no errno refused - -');
  });

  it('says yes to another host', () => {
    const source = aHost({ machineId: 'machine-a' });
    expect(said('same-host', aQuestion({ manifest: runsOn('host-a'), source, registered: registeredAs() }))).toBe(
      'pass',
    );
  });

  it('takes two machines without an id for two', () => {
    const nameless = aHost({ machineId: undefined });
    expect(said('same-host', aQuestion({ source: nameless, target: nameless }))).toBe('pass');
  });

  it('does not ask documents that nobody registered for their names', () => {
    expect(said('same-host', aQuestion({ manifest: runsOn('host-b') }))).toBe('pass');
    expect(said('same-host', aQuestion({ manifest: runsOn(undefined), registered: registeredAs() }))).toBe('pass');
  });
});

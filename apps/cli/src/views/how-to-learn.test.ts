import { CHECKS } from '@berth/engine';
import { expect, it } from 'vitest';
import { howToLearn } from './how-to-learn.js';

const documents = /^\/(fingerprint|sourceFingerprint|manifest)/;
const READ = [...new Set(CHECKS.flatMap((check) => check.reads))].filter((path) => documents.test(path));

it.each(READ)('there is a way to learn %s', (path) => {
  expect(howToLearn(path.replaceAll('*', '0'))).toEqual(expect.any(String));
});

it('knows a fact however it is written', () => {
  expect(howToLearn('fingerprint:/cpu/dic')).toBe(howToLearn('/fingerprint/cpu/dic'));
  expect(howToLearn('/fingerprint/cpu/dic')).toContain('CTR_EL0 bit 29');
  expect(howToLearn('/fingerprint/kvm/capabilities/KVM_CAP_ARM_MTE')).toContain('KVM_CHECK_EXTENSION(205)');
  expect(howToLearn('/fingerprint/kvm/capabilities/KVM_CAP_NEW')).toContain('KVM_CHECK_EXTENSION(KVM_CAP_NEW)');
  expect(howToLearn('/fingerprint')).toContain('collected anew');
  expect(howToLearn('/registered/freshness')).toBeUndefined();
});

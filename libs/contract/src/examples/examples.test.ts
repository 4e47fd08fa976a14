import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as contract from '../index.js';
import { EXAMPLES, type OperationId } from './examples.js';

type Parse = (value: unknown) => contract.Parsed<unknown>;

const REQUESTS: Partial<Record<OperationId, Parse>> = {
  putFingerprint: (value) => contract.parseFingerprint(value, 'register'),
  sendHeartbeat: contract.parseHeartbeat,
  patchHost: contract.parseHostPatch,
  putManifest: (value) => contract.parseManifest(value, 'register'),
  patchVm: contract.parseVmPatch,
  relocateVm: contract.parseRelocation,
  askPreflight: contract.parsePreflightRequest,
  replayPreflight: contract.parseReplayRequest,
  evaluate: contract.parseEvaluationRequest,
  startSweep: contract.parseSweepRequest,
  issueKey: contract.parseKeyRequest,
};

const RESPONSES: Record<OperationId, z.ZodType | undefined> = {
  putFingerprint: contract.HostRegistrationSchema,
  sendHeartbeat: contract.HeartbeatReplySchema,
  getHost: contract.HostSchema,
  listHosts: contract.HostListSchema,
  listHostRevisions: contract.HostRevisionListSchema,
  diffHostRevisions: contract.HostDiffSchema,
  patchHost: contract.HostSummarySchema,
  deleteHost: undefined,
  putManifest: contract.VmRegistrationSchema,
  getVm: contract.VmSchema,
  listVms: contract.VmListSchema,
  listVmRevisions: contract.VmRevisionListSchema,
  patchVm: contract.VmSummarySchema,
  deleteVm: undefined,
  relocateVm: contract.VmSummarySchema,
  askPreflight: contract.PreflightSchema,
  getPreflight: contract.PreflightSchema,
  replayPreflight: contract.PreflightReplaySchema,
  evaluate: contract.EvaluationAnswerSchema,
  startSweep: contract.SweepSchema,
  getSweep: contract.SweepSchema,
  listSweepResults: contract.SweepResultListSchema,
  watchSweep: contract.SweepSchema,
  cancelSweep: contract.SweepSchema,
  listChecks: contract.CheckListSchema,
  getCheck: contract.CheckSchema,
  listReasons: contract.ReasonListSchema,
  listPolicies: contract.PolicyListSchema,
  issueKey: contract.IssuedKeySchema,
  listKeys: contract.KeyListSchema,
  revokeKey: undefined,
  getLiveness: contract.LivenessSchema,
  getReadiness: contract.ReadinessSchema,
};

describe.each(Object.entries(EXAMPLES))('the example of %s', (id, example) => {
  it('is a request that would be accepted', () => {
    const parse = REQUESTS[id as OperationId];
    expect(example.request === undefined).toBe(parse === undefined);
    if (parse !== undefined) expect(parse(example.request)).toMatchObject({ kind: 'ok' });
  });

  it('is an answer of its form', () => {
    const schema = RESPONSES[id as OperationId];
    expect(example.response === undefined).toBe(schema === undefined);
    if (schema !== undefined) expect(schema.parse(example.response)).toEqual(example.response);
  });

  it('has other ways to call it that are of their form too', () => {
    for (const { request, response } of Object.values(example.others ?? {})) {
      expect(REQUESTS[id as OperationId]?.(request)).toMatchObject({ kind: 'ok' });
      expect(RESPONSES[id as OperationId]?.parse(response)).toEqual(response);
    }
  });

  it('says nothing that JSON cannot', () => {
    expect(JSON.parse(JSON.stringify(example))).toEqual(example);
  });
});

describe('every schema of a body', () => {
  const schemas = Object.entries<unknown>(contract).filter(
    (entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType,
  );

  it('is there', () => expect(schemas.length).toBeGreaterThan(40));

  it.each(schemas)('%s prints itself as JSON Schema under its name', (name, schema) => {
    expect(schema.meta()?.id).toBe(name.replace(/Schema$/, ''));
    const printed = z.toJSONSchema(schema, { target: 'draft-2020-12' });
    const { $defs = {} } = printed;
    const references = JSON.stringify(printed).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g);
    expect([...references].map(([, named]) => named).filter((named) => !Object.hasOwn($defs, named ?? ''))).toEqual([]);
  });
});

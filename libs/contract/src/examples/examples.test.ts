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
  openMigration: contract.parseMigrationRequest,
  verifyMigration: contract.parseTargetWord,
  reportMigration: contract.parseReportRequest,
  putCatalogueRow: contract.parseCatalogueRow,
  setShadow: contract.parseShadowRequest,
  rotateTicketKeys: contract.parseTicketKeyRotation,
  createWebhook: contract.parseWebhookRequest,
  patchWebhook: contract.parseWebhookPatch,
  rotateWebhookSecret: contract.parseWebhookRotation,
  replayWebhook: contract.parseWebhookReplay,
  issueKey: contract.parseKeyRequest,
  redriveDeadLetters: contract.parseRedriveRequest,
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
  listCandidates: contract.CandidatesSchema,
  planEvacuation: contract.EvacuationSchema,
  getInventory: contract.InventorySchema,
  listHostClasses: contract.ClassesSchema,
  listVmClasses: contract.ClassesSchema,
  openMigration: contract.MigrationSchema,
  listMigrations: contract.MigrationListSchema,
  getMigration: contract.MigrationSchema,
  verifyMigration: contract.MigrationSchema,
  startMigration: contract.MigrationSchema,
  reportMigration: contract.MigrationSchema,
  cancelMigration: contract.MigrationSchema,
  getCalibration: contract.CalibrationSchema,
  listEvents: contract.EventListSchema,
  createWebhook: contract.WebhookWithSecretSchema,
  listWebhooks: contract.WebhookListSchema,
  getWebhook: contract.WebhookSchema,
  patchWebhook: contract.WebhookSchema,
  deleteWebhook: undefined,
  rotateWebhookSecret: contract.WebhookWithSecretSchema,
  testWebhook: contract.WebhookDeliverySchema,
  replayWebhook: contract.WebhookReplayedSchema,
  listWebhookDeliveries: contract.WebhookDeliveryListSchema,
  getWebhookDelivery: contract.WebhookDeliverySchema,
  listChecks: contract.CheckListSchema,
  getCheck: contract.CheckSchema,
  listReasons: contract.ReasonListSchema,
  listPolicies: contract.PolicyListSchema,
  listCatalogue: contract.CatalogueSchema,
  putCatalogueRow: contract.CatalogueRowRegistrationSchema,
  deleteCatalogueRow: undefined,
  getShadow: contract.ShadowSchema,
  setShadow: contract.ShadowSetSchema,
  removeShadow: undefined,
  listShadowDifferences: contract.ShadowDifferenceListSchema,
  rotateTicketKeys: contract.TicketKeyRotationSchema,
  getTicketKeySet: contract.TicketKeySetSchema,
  issueKey: contract.IssuedKeySchema,
  listKeys: contract.KeyListSchema,
  revokeKey: undefined,
  listDeadLetters: contract.DeadLetterListSchema,
  redriveDeadLetters: contract.RedrivenSchema,
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

import type { MigrationState } from '@berth/application';
import { EXAMPLE_FINGERPRINT } from '@berth/contract';
import { expect } from 'vitest';
import type { TestApi } from './http-api.js';
import type { Exchange } from './http-client.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM } from './migratable.js';

export const SOURCE = 'mig-source';
export const TARGET = 'mig-target';

/** Migrations on a test's API: two hosts, and as many VMs on the first as are asked for. */
export class MigrationLab {
  #vms = 0;

  constructor(private readonly api: TestApi) {}

  async prepare(): Promise<void> {
    await this.host(SOURCE);
    await this.host(TARGET);
  }

  async host(name: string, parts: object = MIGRATABLE_HOST): Promise<string> {
    const facts = { schema: EXAMPLE_FINGERPRINT['schema'], machineId: `machine of ${name}`, bootId: `boot of ${name}` };
    const document = { ...facts, ...parts, collectedAt: new Date().toISOString() };
    const answer = await this.api.admin.put(`/v1/hosts/${name}/fingerprint`, document);
    expect(answer.status).toBeLessThan(300);
    return answer.json.digest;
  }

  /** A VM of its own name on the source. */
  async vm(parts: object = {}, name = `mig-vm-${++this.#vms}`): Promise<string> {
    const document = { schema: 'berth.manifest/1', runId: `run of ${name}`, ...MIGRATABLE_VM, host: SOURCE, ...parts };
    const answer = await this.api.admin.put(`/v1/vms/${name}/manifest`, document);
    expect(answer.status).toBeLessThan(300);
    return name;
  }

  open(vm: string, more: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Exchange> {
    return this.api.admin.post('/v1/migrations', { vm, target: TARGET, ...more }, { headers });
  }

  /** What is done to a migration, by its call or by the clock. */
  act(id: string, act: Act, client = this.api.admin): Promise<Exchange> {
    if (act === 'landed' || act === 'failed')
      return client.post(`/v1/migrations/${id}/report`, { side: 'target', outcome: act });
    return client.post(`/v1/migrations/${id}/${act}`);
  }

  async get(id: string): Promise<Exchange['json']> {
    const { status, json } = await this.api.admin.get(`/v1/migrations/${id}`);
    expect(status).toBe(200);
    return json;
  }

  /** As if its time had passed: by the database's clock, which is what counts. */
  async passTime(id: string): Promise<void> {
    await this.api.query(
      `UPDATE migration SET expires_at = expires_at - interval '1 day', deadline_at = deadline_at - interval '1 day' WHERE id = $1`,
      [id],
    );
  }

  /** A new migration of a new VM, brought into this state. */
  async bring(state: MigrationState): Promise<{ readonly id: string; readonly vm: string }> {
    const vm = await this.vm();
    const opened = await this.open(vm);
    expect([opened.status, opened.text.slice(0, 300)]).toEqual([201, expect.any(String)]);
    const { id } = opened.json;
    for (const act of WAY[state]) {
      if (act === 'deadline') await this.overdue(id);
      else expect((await this.act(id, act)).status).toBe(200);
    }
    expect((await this.get(id)).state).toBe(state);
    return { id, vm };
  }

  private async overdue(id: string): Promise<void> {
    await this.passTime(id);
    await this.api.migrations.due('default', id);
  }
}

export type Act = 'verify' | 'start' | 'landed' | 'failed' | 'cancel';

const WAY: Readonly<Record<MigrationState, readonly (Act | 'deadline')[]>> = {
  admitted: [],
  verified: ['verify'],
  'in-flight': ['verify', 'start'],
  unreported: ['verify', 'start', 'deadline'],
  landed: ['verify', 'start', 'landed'],
  aborted: ['verify', 'start', 'failed'],
  revoked: ['cancel'],
};

import { type Caller, RegisterManifest, Vms } from '@berth/application';
import {
  type ManifestDocument,
  ManifestSchema,
  parseManifest,
  parseRelocation,
  parseVmPatch,
  type Relocation,
  RelocationSchema,
  VmListSchema,
  type VmPatch,
  VmPatchSchema,
  VmRegistrationSchema,
  VmRevisionListSchema,
  VmSchema,
  VmSummarySchema,
} from '@berth/contract';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { LABELS } from '../http/list-fields.js';
import { Name } from '../http/name.js';
import { nameText } from '../http/name-field.js';
import { Op } from '../http/operation.js';
import { printPage } from '../http/print-page.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { DEFAULT_LIMIT, PAGE } from '../http/query-fields.js';
import { migrationOpen, pageOr, refuse, revisionMismatch } from '../http/refuse.js';
import { IfMatch, sendRevision } from '../http/revision.js';
import { printVm, printVmRevision, printVmSummary } from './print-vm.js';

const VM_LIST = { ...PAGE, host: nameText('Only VMs on this host.'), label: LABELS } as const;

const tag = 'vms';

@Controller('v1/vms')
export class VmsController {
  constructor(
    @Inject(Vms) private readonly vms: Vms,
    @Inject(RegisterManifest) private readonly register: RegisterManifest,
  ) {}

  @Put(':vm/manifest')
  @Op({
    id: 'putManifest',
    needs: 'orchestrator',
    tag,
    summary: 'Register what a VM needs',
    description:
      '`host` places the VM when it is first registered. What only KVM would refuse is a finding of a preflight, not a fault of the document.',
    body: ManifestSchema,
    ifMatch: true,
    answers: {
      200: { description: 'A VM that was known.', schema: VmRegistrationSchema, headers: ['ETag'] },
      201: { description: 'A new VM.', schema: VmRegistrationSchema, headers: ['ETag'] },
    },
    problems: ['HOST_CHANGED', 'MIGRATION_OPEN'],
  })
  async putManifest(
    @CalledBy() caller: Caller,
    @Param('vm', Name) vm: string,
    @Body(new ParsedBody((value) => parseManifest(value, 'register'))) manifest: ManifestDocument,
    @IfMatch() ifMatch: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = await this.register.run(caller, vm, manifest, { ifMatch });
    if (answer.kind === 'revision-mismatch') return revisionMismatch(answer.revision);
    if (answer.kind === 'host-changed') return refuse('HOST_CHANGED', hostChanged(answer.host));
    if (answer.kind === 'migration-open') return migrationOpen(answer.id);
    const { created, revision, digest, changed, warnings } = answer;
    if (created) reply.code(201);
    sendRevision(reply, revision);
    return { vm, revision, digest, changed, warnings };
  }

  @Get()
  @Op({
    id: 'listVms',
    needs: 'reader',
    tag,
    summary: 'List VMs',
    query: VM_LIST,
    answers: { 200: { description: 'One page, by name.', schema: VmListSchema } },
    problems: ['CURSOR_INVALID'],
  })
  async list(
    @CalledBy() caller: Caller,
    @Query(new QueryPipe(VM_LIST)) query: QueryOf<typeof VM_LIST>,
  ): Promise<object> {
    const { label, limit = DEFAULT_LIMIT, ...rest } = query;
    return printPage(
      pageOr(await this.vms.list(caller, { ...rest, limit, labels: label && new Map(label) })),
      printVmSummary,
    );
  }

  @Get(':vm')
  @Op({
    id: 'getVm',
    needs: 'reader',
    tag,
    summary: 'What is known of a VM',
    answers: { 200: { description: 'The VM with its newest manifest.', schema: VmSchema, headers: ['ETag'] } },
    problems: ['VM_UNKNOWN'],
  })
  async get(
    @CalledBy() caller: Caller,
    @Param('vm', Name) vm: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = await this.vms.get(caller, vm);
    if (answer.kind === 'vm-unknown') return refuse('VM_UNKNOWN');
    sendRevision(reply, answer.revision);
    return printVm(answer);
  }

  @Get(':vm/revisions')
  @Op({
    id: 'listVmRevisions',
    needs: 'reader',
    tag,
    summary: 'How a VM came to be what it is',
    query: PAGE,
    answers: { 200: { description: 'One page, newest first.', schema: VmRevisionListSchema } },
    problems: ['VM_UNKNOWN', 'CURSOR_INVALID'],
  })
  async revisions(
    @CalledBy() caller: Caller,
    @Param('vm', Name) vm: string,
    @Query(new QueryPipe(PAGE)) { limit = DEFAULT_LIMIT, cursor }: QueryOf<typeof PAGE>,
  ): Promise<object> {
    const answer = await this.vms.revisions(caller, vm, { limit, cursor });
    if (answer.kind === 'vm-unknown') return refuse('VM_UNKNOWN');
    return printPage(pageOr(answer), printVmRevision);
  }

  @Patch(':vm')
  @Op({
    id: 'patchVm',
    needs: 'operator',
    tag,
    summary: 'Change the labels of a VM',
    body: VmPatchSchema,
    mergePatch: true,
    ifMatch: true,
    answers: { 200: { description: 'As it is now.', schema: VmSummarySchema, headers: ['ETag'] } },
    problems: ['VM_UNKNOWN'],
  })
  async patch(
    @CalledBy() caller: Caller,
    @Param('vm', Name) vm: string,
    @Body(new ParsedBody(parseVmPatch)) patch: VmPatch,
    @IfMatch() ifMatch: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = await this.vms.patch(caller, vm, patch, ifMatch);
    if (answer.kind === 'vm-unknown') return refuse('VM_UNKNOWN');
    if (answer.kind === 'revision-mismatch') return revisionMismatch(answer.revision);
    sendRevision(reply, answer.vm.revision);
    return printVmSummary(answer.vm);
  }

  @Post(':vm/relocate')
  @Op({
    id: 'relocateVm',
    needs: 'operator',
    tag,
    summary: 'Correct where a VM is said to run',
    body: RelocationSchema,
    answers: { 200: { description: 'As it is now.', schema: VmSummarySchema, headers: ['ETag'] } },
    problems: ['VM_UNKNOWN', 'NAME_UNKNOWN', 'MIGRATION_OPEN'],
  })
  async relocate(
    @CalledBy() caller: Caller,
    @Param('vm', Name) vm: string,
    @Body(new ParsedBody(parseRelocation)) to: Relocation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = await this.vms.relocate(caller, vm, to);
    if (answer.kind === 'vm-unknown') return refuse('VM_UNKNOWN');
    if (answer.kind === 'migration-open') return migrationOpen(answer.id);
    if (answer.kind === 'host-unknown') {
      return refuse('NAME_UNKNOWN', {
        errors: [{ pointer: '/host', code: 'UNKNOWN', detail: 'no such host is registered' }],
      });
    }
    sendRevision(reply, answer.vm.revision);
    return printVmSummary(answer.vm);
  }

  @Delete(':vm')
  @Op({
    id: 'deleteVm',
    needs: 'orchestrator',
    tag,
    summary: 'Forget a VM',
    answers: { 204: { description: 'Forgotten.' } },
    problems: ['VM_UNKNOWN', 'MIGRATION_OPEN'],
  })
  async remove(@CalledBy() caller: Caller, @Param('vm', Name) vm: string): Promise<void> {
    const answer = await this.vms.remove(caller, vm);
    if (answer.kind === 'migration-open') migrationOpen(answer.id);
    if (answer.kind === 'vm-unknown') refuse('VM_UNKNOWN');
  }
}

function hostChanged(host: string): object {
  return {
    detail: 'only a migration that landed moves a VM; `relocate` corrects a mistake',
    errors: [{ pointer: '/host', code: 'CHANGED', detail: `the VM runs on \`${host}\`` }],
    members: { host },
  };
}

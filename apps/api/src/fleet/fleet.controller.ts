import { type Caller, FleetQuestions } from '@berth/application';
import {
  CandidatesSchema,
  ClassesSchema,
  EvacuationSchema,
  InventorySchema,
  printFingerprint,
  printManifest,
} from '@berth/contract';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { CalledBy } from '../http/caller.js';
import { Name } from '../http/name.js';
import { Op } from '../http/operation.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { DEFAULT_LIMIT } from '../http/query-fields.js';
import { refuse } from '../http/refuse.js';
import { CANDIDATES, INVENTORY } from './fleet-query.js';
import { printCandidate, printClasses, printCounts, printEvacuee, printInventory } from './print-fleet.js';

const tag = 'fleet';

@Controller('v1')
export class FleetController {
  constructor(@Inject(FleetQuestions) private readonly questions: FleetQuestions) {}

  @Get('vms/:vm/candidates')
  @Op({
    id: 'listCandidates',
    needs: 'reader',
    tag,
    summary: 'Where could this VM go?',
    description:
      'Every host of the fleet is asked, but the one the VM runs on. Nothing is stored: a preflight with the host that was chosen gives the findings, and an answer with its basis.',
    query: CANDIDATES,
    answers: { 200: { description: 'How many hosts say what, and those that say yes.', schema: CandidatesSchema } },
    problems: ['VM_UNKNOWN'],
  })
  async candidates(
    @CalledBy() caller: Caller,
    @Param('vm', Name) vm: string,
    @Query(new QueryPipe(CANDIDATES)) query: QueryOf<typeof CANDIDATES>,
  ): Promise<object> {
    const { limit = DEFAULT_LIMIT, label, include, exclude, policy } = query;
    const labels = label && new Map(label);
    const asked = { limit, labels, exclude, policy, refused: include === 'refused' };
    const answer = await this.questions.candidates.of(caller, vm, asked);
    if (answer.kind === 'vm-unknown') return refuse('VM_UNKNOWN');
    return { counts: printCounts(answer.counts), hosts: answer.hosts.map(printCandidate) };
  }

  @Get('hosts/:host/evacuation')
  @Op({
    id: 'planEvacuation',
    needs: 'reader',
    tag,
    summary: 'Could this host be emptied?',
    answers: { 200: { description: 'Each VM on it, and where it could go.', schema: EvacuationSchema } },
    problems: ['HOST_UNKNOWN'],
  })
  async evacuation(@CalledBy() caller: Caller, @Param('host', Name) host: string): Promise<object> {
    const answer = await this.questions.evacuation.of(caller, host);
    if (answer.kind === 'host-unknown') return refuse('HOST_UNKNOWN');
    return { host, vms: answer.vms.map(printEvacuee) };
  }

  @Get('inventory')
  @Op({
    id: 'getInventory',
    needs: 'reader',
    tag,
    summary: 'How many hosts can do what?',
    query: INVENTORY,
    answers: { 200: { description: 'Groups of hosts, largest first.', schema: InventorySchema } },
  })
  async inventory(
    @CalledBy() caller: Caller,
    @Query(new QueryPipe(INVENTORY)) { groupBy = [] }: QueryOf<typeof INVENTORY>,
  ): Promise<object> {
    return printInventory(await this.questions.inventory.of(caller, groupBy));
  }

  @Get('classes/hosts')
  @Op({
    id: 'listHostClasses',
    needs: 'reader',
    tag,
    summary: 'Which kinds of hosts are there?',
    answers: { 200: { description: 'Hosts that no check can tell apart.', schema: ClassesSchema } },
  })
  async hostClasses(@CalledBy() caller: Caller): Promise<object> {
    return printClasses(await this.questions.classes.hosts(caller), printFingerprint);
  }

  @Get('classes/vms')
  @Op({
    id: 'listVmClasses',
    needs: 'reader',
    tag,
    summary: 'Which kinds of VMs are there?',
    answers: { 200: { description: 'VMs that no check can tell apart.', schema: ClassesSchema } },
  })
  async vmClasses(@CalledBy() caller: Caller): Promise<object> {
    return printClasses(await this.questions.classes.vms(caller), printManifest);
  }
}

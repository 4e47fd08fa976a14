import type { Documents } from '../ports/documents.js';
import { Candidates } from './candidates.js';
import { ClassLists } from './class-lists.js';
import { ClassVerdicts } from './class-verdicts.js';
import { Evacuation } from './evacuation.js';
import type { FleetStore } from './fleet-store.js';
import { Inventory } from './inventory.js';

/** What is asked of a fleet as a whole. What was decided for one question is remembered for the others. */
export class FleetQuestions {
  readonly candidates: Candidates;
  readonly evacuation: Evacuation;
  readonly inventory: Inventory;
  readonly classes: ClassLists;

  constructor(store: FleetStore, documents: Documents) {
    const verdicts = new ClassVerdicts(documents);
    this.candidates = new Candidates(store, documents, verdicts);
    this.evacuation = new Evacuation(store, documents, verdicts);
    this.inventory = new Inventory(store, documents);
    this.classes = new ClassLists(store, documents);
  }
}

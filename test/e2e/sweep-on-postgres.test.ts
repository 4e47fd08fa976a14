import { sweepSurvival } from './sweep.contract.js';

sweepSurvival('Postgres', undefined);

import { doorsSurvive } from './doors.contract.js';

doorsSurvive('Postgres', undefined);

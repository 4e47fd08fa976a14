import { messageDoor } from './message-door.contract.js';

messageDoor('Postgres', undefined);

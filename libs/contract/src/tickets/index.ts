// A door of its own: the target verifies a ticket within a fraction of a second, and has no time to load every schema.
export { documentDigest } from '../json/digest.js';
export { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.js';
export { parseJson } from '../json/parse-json.js';
export { readTicket, readUnverifiedTicket, type TicketRead } from './read-ticket.js';
export { printTicket, TICKET_ALGORITHM, TICKET_BYTES, TICKET_TYPE, type Ticket } from './ticket.js';
export { type TicketUse, ticketFaults } from './ticket-faults.js';
export { type ParsedKeySet, parseTicketKeySet, printTicketKey, type TicketKeySet } from './ticket-key-set.js';
export { TICKET_REFUSALS, type TicketRefusal, type TicketRefusalCode } from './ticket-refusal.js';

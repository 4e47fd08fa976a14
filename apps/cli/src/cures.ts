const BY_CODE: Readonly<Record<string, string>> = {
  REVISION_CONFLICT: 'it has changed since you looked: ask again without --expect, or with the revisions of today',
  REVISION_MISMATCH: 'it has changed since you looked: read it again and repeat the change',
  STALE_OBSERVATION: 'newer facts are stored already: collect them again and send those',
  CLOCK_AHEAD: 'set the clock of the machine that collected the facts',
  MACHINE_CHANGED:
    'if the machine was replaced on purpose, an operator agrees with PATCH /v1/hosts/{host} and its new machineId',
  HOST_UNKNOWN: 'list them with `berth host list`, or register it with `berth host put`',
  VM_UNKNOWN: 'list them with `berth vm list`, or register it with `berth vm put`',
  NAME_UNKNOWN: 'list the names with `berth host list` and `berth vm list`',
  SELECTOR_EMPTY: 'look at what is registered with `berth host list` and `berth vm list`, and at the labels',
  KERNEL_TOO_OLD: 'kernels before 5.14 are not modelled: nothing can be promised for them',
  CATALOGUE_ROW_BUILT_IN: 'a row may say what Berth does not know: `berth catalogue list` shows what it does',
  CATALOGUE_ROW_CLASH: 'change the row that says it already, or remove it with `berth catalogue remove`',
  CATALOGUE_ROW_UNKNOWN: 'list them with `berth catalogue list`',
  HOST_IN_USE: 'move its VMs away first: `berth vm list` shows where each one runs',
  TICKET_KEY_FIXED: 'start Berth with another BERTH_TICKET_KEY; --immediately drops the keys before it',
  EVENTS_GONE: 'read again what you follow, then go on with --after latest, or --after oldest',
  WEBHOOK_UNKNOWN: 'list them with `berth webhook list`',
  WEBHOOK_DISABLED: 'enable it first: `berth webhook enable ID`',
  ADDRESS_REFUSED: 'receivers in private networks are allowed where the server has BERTH_WEBHOOK_PRIVATE=allow',
  EVENT_UNKNOWN: 'list what is kept with `berth events`',
  MIGRATION_OPEN: 'wait for its end with `berth migration get ID --wait`, or cancel it while it has not been started',
  MIGRATION_UNKNOWN: 'list them with `berth migration list`',
  MIGRATION_ENDED: 'open another one',
  NOT_COMPATIBLE: 'look at what fails with `berth preflight VM HOST`, or ask for other targets',
  VM_WITHOUT_HOST: 'say where it runs: `host` in its manifest, with `berth vm put`',
  FACTS_CHANGED: 'register what the target is now with `berth host put`, then verify again',
  NOT_VERIFIED: 'the target verifies first: `berth migration verify ID`',
  IN_FLIGHT: 'wait for its end with `berth migration get ID --wait`, or report it',
  NOT_IN_FLIGHT: 'only what was started can be reported: `berth migration start ID`',
  REPORT_CONFLICT: 'look where the VM runs; an operator corrects it with POST /v1/vms/{vm}/relocate',
  HOST_CHANGED: 'a VM changes its host by moving; correct a wrong entry with POST /v1/vms/{vm}/relocate',
};

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'send a key: BERTH_KEY, BERTH_KEY_FILE or --key-file; a server started here keeps its own in .berth/admin-key',
  403: 'the key is good, its role is not enough: ask for another with `berth key issue`, as admin',
  404: 'check the name, and that the key is of the right fleet',
  413: 'a document is at most 1 MiB',
  429: 'wait a little and ask again',
  503: 'the server is up but not ready: look at /readyz',
};

/** What a person can do about a refusal of the server. */
export function cureOf(code: string | undefined, status: number): string | undefined {
  return (code === undefined ? undefined : BY_CODE[code]) ?? BY_STATUS[status];
}

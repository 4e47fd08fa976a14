/** Written by others: what it verifies was not signed and checked by the same hands. */
export { Webhook } from 'standardwebhooks';

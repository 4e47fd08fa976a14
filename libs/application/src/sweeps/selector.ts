/** Which VMs, or which hosts. `host` names the VMs that run on it, or that one host. */
export type Selector =
  | { readonly names: readonly string[] }
  | { readonly labels: Readonly<Record<string, string>> }
  | { readonly host: string }
  | { readonly all: true };

/** A VM of a sweep, and the host it ran on when the sweep began. */
export interface SelectedVm {
  readonly name: string;
  readonly host: string | undefined;
}

/** How many generated questions each law is asked about, wherever the tests run. The laws take their counts from here. */
export const LAW_RUNS = {
  /** Forgetting a fact never makes a yes. */
  forgetting: { memory: 40_000, cpu: 40_000, devices: 20_000, policies: 20_000 },
  /** One more slot or device never improves an outcome. */
  oneMore: { slot: 20_000, device: 10_000 },
  /** Policy `kernel` accepts whatever `strict` accepts. */
  kernelAcceptsWhatStrictDoes: { memory: 20_000, cpu: 10_000, devices: 10_000, policies: 10_000 },
  /** The same question gives the same bytes. */
  sameBytes: { memory: 5_000, cpu: 2_000, devices: 2_000, policies: 2_000 },
  /** Print then parse is the identity. */
  printThenParse: { fingerprint: 2_000, manifest: 2_000 },
  /** A second reading of the kernel's code agrees. */
  secondReading: { strict: 50_000, kernel: 50_000, proposals: 30_000 },
} as const satisfies Readonly<Record<string, Readonly<Record<string, number>>>>;

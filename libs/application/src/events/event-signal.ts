/** Tells a process that feeds have moved. It may be silent for ever: who listens also looks by the clock. */
export interface EventSignal {
  /** Calls `onMoved` until the answer is called; the link behind it is kept alive, and opened again when it breaks. */
  listen(onMoved: () => void): () => void;
}

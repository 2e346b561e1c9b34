/** What is said between the server's thread and a thread that holds a model. */
export type ToThread<Task> =
  | { kind: 'task'; id: number; urgent: boolean; task: Task }
  | { kind: 'drop'; id: number }
  | { kind: 'close' };

export type FromThread<Answer> =
  | { kind: 'ready' }
  /** The model cannot be used: a sentence for staff, and what its library said. */
  | { kind: 'unusable'; sentence: string; detail: string }
  | { kind: 'done'; id: number; answer: Answer }
  | { kind: 'failed'; id: number; message: string };

/** What the modules pass to each other and keep; for `tsc` and for readers, never loaded by a page. */

export type State = "unanswered" | "right" | "partial" | "wrong";

/** `earned` of `of` correct choices or concepts. */
export type Grade = { state: State; earned: number; of: number };

/**
 * One attempt, as it is kept. `id` and `time` (ms since 1970) together name it.
 * `chosen`: source letters in one string ("AC"), or a card's rating "1" (again) to "4" (easy).
 * `score`: 0 to 1. `seconds`: from the first touch to the answer. `mode`: study, practice, challenge …
 * `confidence`: 1 (a guess) to 3 (sure), where a strength test asked and the reader said.
 */
export type Row = [
  id: string,
  hash: string,
  chosen: string,
  score: number,
  hints: number,
  seconds: number,
  time: number,
  mode: string,
  confidence?: number,
];

/** The value in `localStorage`, under "<site root>.quizproof". */
export type Log = { version: number; attempts: Row[] };

/** The detail of `quiz-answered`. */
export type Answered = {
  id: string;
  kind: string;
  hash: string;
  state: State;
  chosen: string[];
  score: number;
  hints: number;
  seconds: number;
  time: number;
  mode: string;
};

/** One problem of a challenge; `late`: its time ran out. */
export type Result = {
  state: string;
  used: number;
  chosen: string;
  seconds: number;
  hash: string;
  late: boolean;
};

/** A challenge under way; `left`: seconds for the problem `at`, an index into `ids`. */
export type Run = {
  version: 1;
  stage: "ready" | "running" | "paused" | "done";
  at: number;
  left: number;
  timer: boolean;
  ids: string[];
  results: Record<string, Result>;
};

/** What an export holds; badges by their set, drafts by their question. */
export type Kept = {
  rows: Row[];
  badges: Record<string, { name: string; time: number }>;
  drafts: Record<string, string>;
};

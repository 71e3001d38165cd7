/** The part of ts-fsrs that schedule.js uses. */

export type Card = { due: Date; stability: number; difficulty: number; state: number; last_review?: Date; reps: number };
export type Step = { card: Card };

export class FSRS {
  next(card: Card, now: Date, grade: 1 | 2 | 3 | 4): Step;
  repeat(card: Card, now: Date): Record<1 | 2 | 3 | 4, Step>;
}

export function createEmptyCard(now?: Date): Card;
export function fsrs(parameters?: { enable_fuzz?: boolean; request_retention?: number }): FSRS;

import type { TestSpan } from '../support/otlp.ts';
import { SUBJECTS, USERS } from './help-texts.ts';
import { agentTasks, orderAgentTrace } from './order-agent-trace.ts';
import { ragTrace } from './rag-trace.ts';
import { createRandom, type Random } from './random.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export interface PastTrace {
  readonly traceId: string;
  readonly startedAt: number;
  readonly service: string;
  readonly release: string;
  readonly spans: readonly TestSpan[];
}

export interface PastScore {
  readonly traceId: string;
  readonly name: string;
  readonly value: number | boolean;
  readonly source: string;
  readonly evaluator?: string;
  readonly comment?: string;
  readonly createdAt: string;
}

export interface History {
  readonly traces: readonly PastTrace[];
  readonly scores: readonly PastScore[];
}

/** Sessions that begin in each hour of a working day. */
const BY_HOUR = [1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 4, 3, 4, 5, 5, 4, 3, 3, 3, 4, 3, 2, 1];

const COMMENTS = {
  good: ['That helped, thank you!', 'Quick and clear.', 'Exactly what I needed.'],
  bad: ['Does not answer my question.', 'The handbook says something else.'],
} as const;

/** Two weeks of a help centre and an order agent that end at `nowMs`, the same at every run. */
export function helpCentreHistory(nowMs: number): History {
  const random = createRandom(20_261_127);
  const traces: PastTrace[] = [];
  const scores: PastScore[] = [];
  const firstDay = Math.floor(nowMs / DAY) * DAY - 14 * DAY;
  let order = 88_104;
  for (let day = firstDay; day < nowMs; day += DAY) {
    const isWeekend = [0, 6].includes(new Date(day).getUTCDay());
    BY_HOUR.forEach((sessions, hour) => {
      for (let each = 0; each < sessions; each += 1) {
        if (isWeekend && random.chance(0.5)) continue;
        const startedAt = day + (hour + random.next()) * 60 * MINUTE;
        order += 1;
        if (startedAt < nowMs - 20 * MINUTE) session(random, startedAt, (nowMs - startedAt) / DAY, order);
      }
    });
  }
  // A day of the pilot, four weeks before.
  for (let hour = 8; hour < 18; hour += 1)
    session(random, firstDay - 14 * DAY + hour * 60 * MINUTE, 28, 88_000 + hour);
  return { traces, scores };

  function session(random: Random, startedAt: number, daysAgo: number, order: number) {
    const id = `chat-${order}`;
    // Some users come more often than others.
    const user = USERS[Math.floor(random.next() ** 1.7 * USERS.length)] as string;
    const subject = random.pick(SUBJECTS);
    const isAgent = random.chance(0.3);
    const isNewRelease = daysAgo < 2.2;
    let at = startedAt;
    const add = (service: string, release: string, spans: readonly TestSpan[]) => {
      const traceId = random.hex(16);
      traces.push({ traceId, startedAt: at, service, release, spans });
      const createdAt = new Date(at + 2 * MINUTE).toISOString();
      at += (spans[0]?.durationMs ?? 0) + random.between(0.4, 2.5) * MINUTE;
      return { traceId, createdAt };
    };
    if (!isAgent) {
      const model = random.chance(isNewRelease ? 0.5 : 0.15)
        ? { name: 'claude-sonnet-4-5', provider: 'anthropic' }
        : { name: 'gpt-4o', provider: 'openai' };
      const asked = 1 + Math.floor(random.next() * subject.turns.length);
      for (let turn = 0; turn < asked; turn += 1) {
        const promptVersion = isNewRelease ? '8' : '7';
        // The provider has refused more calls since the new release, which sends more of them at once.
        const refused = random.chance(isNewRelease ? 0.07 : 0.015);
        // No price is set for the first version.
        const rewriteModel = daysAgo > 20 ? 'alpine-rewrite-1b' : 'alpine-rewrite-3b';
        const slowness = random.chance(0.04) ? random.between(6, 14) : 1;
        const score = add(
          'help-centre',
          isNewRelease ? '2.5.0' : '2.4.1',
          ragTrace(random, {
            subject,
            turn,
            user,
            session: id,
            promptVersion,
            model,
            slowness,
            rewriteModel,
            refused,
          }),
        );
        if (refused) break;
        if (random.chance(0.75))
          scores.push({
            ...score,
            name: 'faithfulness',
            value: Number(Math.min(1, random.between(0.66, 1.02) + (isNewRelease ? 0.06 : 0)).toFixed(2)),
            source: 'llm',
            evaluator: 'faithfulness-judge',
          });
        if (random.chance(0.3)) rate(score, random.chance(isNewRelease ? 0.9 : 0.78));
      }
      return;
    }
    // The payment provider has been slow since yesterday.
    const failing = random.chance(daysAgo < 1.2 ? 0.7 : 0.06);
    const task = random.pick(agentTasks(order, failing));
    const score = add('order-agent', '1.12.0', orderAgentTrace(random, { task, user, session: id }));
    scores.push({ ...score, name: 'resolved', value: random.chance(0.84), source: 'code' });
    if (random.chance(0.4)) rate(score, random.chance(0.8));
  }

  function rate(score: Pick<PastScore, 'traceId' | 'createdAt'>, isHelpful: boolean) {
    const comment = random.chance(0.5) && random.pick(COMMENTS[isHelpful ? 'good' : 'bad']);
    scores.push({
      ...score,
      name: 'helpful',
      value: isHelpful,
      source: 'human',
      ...(comment && { comment }),
    });
  }
}

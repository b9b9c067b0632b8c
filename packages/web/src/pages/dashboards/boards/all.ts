import type { Dashboard } from '../panel.ts';
import { AGENTS } from './agents.ts';
import { COST } from './cost.ts';
import { LATENCY } from './latency.ts';
import { OVERVIEW } from './overview.ts';
import { QUALITY } from './quality.ts';
import { RELIABILITY } from './reliability.ts';
import { USAGE } from './usage.ts';

/** The ready dashboards, in the order in which the page lists them. */
export const DASHBOARDS: readonly Dashboard[] = [
  OVERVIEW,
  COST,
  LATENCY,
  RELIABILITY,
  QUALITY,
  USAGE,
  AGENTS,
];

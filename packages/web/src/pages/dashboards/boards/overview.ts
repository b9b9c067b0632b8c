import type { Dashboard } from '../panel.ts';

export const OVERVIEW: Dashboard = {
  name: 'overview',
  title: 'Overview',
  describes: 'What changed since yesterday',
  by: 'feature',
  choices: ['feature', 'traceName', 'model', 'env', 'service', 'user', 'agent', 'release'],
  range: '24h',
  panels: [
    { id: 'changes', title: 'What changed', chart: 'changes', width: 12 },
    {
      id: 'cost',
      title: 'Cost',
      chart: 'bars',
      width: 6,
      query: { measures: ['cost.sum'], by: ['choice'], limit: 8 },
    },
    {
      id: 'traces',
      title: 'Traces',
      chart: 'bars',
      width: 6,
      query: { of: 'traces', measures: ['count.sum'], by: ['choice'], limit: 8 },
    },
    {
      id: 'failed',
      title: 'Share of failed traces',
      chart: 'lines',
      width: 6,
      query: { of: 'traces', measures: ['errorRate.ratio'] },
      names: ['Failed traces'],
    },
    {
      id: 'duration',
      title: 'Duration of traces',
      chart: 'lines',
      width: 6,
      query: { of: 'traces', measures: ['durationMs.p50', 'durationMs.p95'] },
      names: ['Median', '95th percentile'],
    },
  ],
};

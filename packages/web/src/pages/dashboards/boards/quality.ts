import type { Dashboard } from '../panel.ts';

export const QUALITY: Dashboard = {
  name: 'quality',
  title: 'Quality',
  describes: 'What evaluators and people say',
  by: 'feature',
  choices: ['feature', 'model', 'prompt', 'promptVersion', 'env', 'release', 'service', 'agent', 'user'],
  panels: [{ id: 'scores', title: 'Scores', chart: 'scores', width: 12 }],
};

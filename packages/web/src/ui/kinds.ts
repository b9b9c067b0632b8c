import type { SpanKind } from '@throughline/spans';
import {
  Binary,
  Bot,
  Brain,
  CircleDot,
  Link2,
  ListOrdered,
  type LucideIcon,
  MessageSquareText,
  Scale,
  Search,
  ShieldCheck,
  Sparkles,
  Wrench,
} from 'lucide-react';

/** Label, icon and colour of each span kind. `token` is a colour in `tokens.css`. */
export const KINDS: Readonly<Record<SpanKind, { label: string; icon: LucideIcon; token: string }>> = {
  llm: { label: 'LLM', icon: Sparkles, token: '--color-kind-llm' },
  embedding: { label: 'Embedding', icon: Binary, token: '--color-kind-embedding' },
  retriever: { label: 'Retriever', icon: Search, token: '--color-kind-retriever' },
  reranker: { label: 'Reranker', icon: ListOrdered, token: '--color-kind-reranker' },
  tool: { label: 'Tool', icon: Wrench, token: '--color-kind-tool' },
  agent: { label: 'Agent', icon: Bot, token: '--color-kind-agent' },
  chain: { label: 'Chain', icon: Link2, token: '--color-kind-chain' },
  guardrail: { label: 'Guardrail', icon: ShieldCheck, token: '--color-kind-guardrail' },
  evaluator: { label: 'Evaluator', icon: Scale, token: '--color-kind-evaluator' },
  prompt: { label: 'Prompt', icon: MessageSquareText, token: '--color-kind-prompt' },
  memory: { label: 'Memory', icon: Brain, token: '--color-kind-memory' },
  span: { label: 'Span', icon: CircleDot, token: '--color-kind-span' },
};

import type { SpanKind } from '@throughline/spans';
import { KINDS } from './kinds.ts';

export function KindIcon({ kind, size = 14 }: { kind: SpanKind; size?: number }) {
  const { icon: Icon, token, label } = KINDS[kind];
  return (
    <Icon
      size={size}
      strokeWidth={2}
      style={{ color: `var(${token})` }}
      className="shrink-0"
      aria-label={label}
      role="img"
    />
  );
}

/** What the actions on a selected row apply to. */
export type RowTarget =
  | { readonly type: 'trace'; readonly traceId: string }
  | { readonly type: 'span'; readonly traceId: string; readonly spanId: string }
  | { readonly type: 'session'; readonly sessionId: string };

/** The user, session and feature of a request. They are set on all spans of the request. */
export interface Visit {
  readonly feature: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

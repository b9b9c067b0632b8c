/** Who asks, and from which part of the product: what every span of the request carries. */
export interface Visit {
  readonly feature: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The codes of `google.rpc.Code` that the server sends. Source: googleapis `google/rpc/code.proto`. */
export const GRPC_CODES = {
  OK: 0,
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

export type GrpcCodeName = keyof typeof GRPC_CODES;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(GRPC_CODES).map(([name, code]) => [code, name]),
);

export const grpcCodeName = (code: number): string => NAMES.get(code) ?? 'UNKNOWN';

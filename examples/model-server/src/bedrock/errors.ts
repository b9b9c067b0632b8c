import type { RequestError } from '../request-error.ts';

const TYPES: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  404: 'ResourceNotFoundException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
};

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html */
export function bedrockError({ status, message }: RequestError) {
  return { __type: TYPES[status] ?? 'InternalServerException', message };
}

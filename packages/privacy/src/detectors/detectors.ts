import { apiKey } from './api-key.ts';
import { assignedSecret } from './assigned-secret.ts';
import { authorization } from './authorization.ts';
import { commandSecret } from './command-secret.ts';
import { cookie } from './cookie.ts';
import type { Detector } from './detector.ts';
import { email } from './email.ts';
import { iban } from './iban.ts';
import { ipv4 } from './ipv4.ts';
import { ipv6 } from './ipv6.ts';
import { jwt } from './jwt.ts';
import { paymentCard } from './payment-card.ts';
import { phone } from './phone.ts';
import { privateKey } from './private-key.ts';
import { urlCredentials } from './url-credentials.ts';
import { urlParameter } from './url-parameter.ts';
import { usSsn } from './us-ssn.ts';
import { webhookUrl } from './webhook-url.ts';

/** The built-in detectors by name: the name in a rule's `find.detector`. */
export const DETECTORS = {
  privateKey,
  jwt,
  apiKey,
  authorization,
  webhookUrl,
  urlCredentials,
  urlParameter,
  assignedSecret,
  commandSecret,
  cookie,
  email,
  iban,
  paymentCard,
  usSsn,
  ipv4,
  ipv6,
  phone,
} as const satisfies Record<string, Detector>;

/** The name of a built-in detector, such as `email` or `apiKey`. */
export type DetectorName = keyof typeof DETECTORS;

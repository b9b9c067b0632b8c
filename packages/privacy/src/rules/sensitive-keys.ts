/**
 * Names whose value is always treated as a secret, in the form that `normaliseKey` returns. `token` is not in the list,
 * because model responses with log probabilities use it as the name of every output token.
 */
export const SENSITIVE_KEYS: readonly string[] = [
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'clientsecret',
  'apikey',
  'xapikey',
  'apisecret',
  'apitoken',
  'appsecret',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'authtoken',
  'xauthtoken',
  'bearertoken',
  'sessiontoken',
  'xamzsecuritytoken',
  'authorization',
  'proxyauthorization',
  'xgoogapikey',
  'cookie',
  'setcookie',
  'privatekey',
  'secretkey',
  'secretaccesskey',
  'awssecretaccesskey',
  'awssessiontoken',
  'accesskeysecret',
  'accountkey',
  'signingkey',
  'encryptionkey',
  'webhooksecret',
  'connectionstring',
  'credentials',
  'cvv',
  'cvc',
  'cardverificationvalue',
  'otp',
  'ssn',
  'socialsecuritynumber',
];

/**
 * Returns the last dotted segment of a name in lower case, without `_`, `-` and white space. Names are compared in this
 * form.
 *
 * ```ts
 * normaliseKey('http.request.header.X-Api-Key'); // 'xapikey'
 * ```
 */
export function normaliseKey(key: string): string {
  const segment = key.slice(key.lastIndexOf('.') + 1);
  return segment.replace(/[-_\s]/g, '').toLowerCase();
}

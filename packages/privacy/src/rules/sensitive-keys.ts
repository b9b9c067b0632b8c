/**
 * Names whose value is a secret whatever it looks like, as `normaliseKey` spells them. `token` is not in the list: in
 * responses with log probabilities it is the name of every word.
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

/** The last dotted segment in lower case without `_`, `-` and spaces: `http.request.header.X-Api-Key` → `xapikey`. */
export function normaliseKey(key: string): string {
  const segment = key.slice(key.lastIndexOf('.') + 1);
  return segment.replace(/[-_\s]/g, '').toLowerCase();
}

import { BlockList, isIP } from 'node:net';

/**
 * The canonical form of an address to listen on: lower case, without the brackets of IPv6 literals, and with IP addresses
 * in their usual form (`127.1` → `127.0.0.1`, `0:0:0:0:0:0:0:1` → `::1`). Host names are not resolved.
 */
export function canonicalHost(host: string): string {
  const bare = withoutBrackets(host.trim().toLowerCase());
  const { hostname } = URL.parse(`http://${bare.includes(':') ? `[${bare}]` : bare}`) ?? { hostname: '' };
  const canonical = withoutBrackets(hostname);
  return isIP(canonical) === 0 ? bare.replace(/\.$/, '') : canonical;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * True if a server bound to this host can be reached from this machine only. Other names than `localhost` count as
 * reachable from elsewhere, whatever they resolve to.
 */
export function isLoopback(host: string): boolean {
  const canonical = canonicalHost(host);
  const version = isIP(canonical);
  if (version === 0) return canonical === 'localhost';
  return LOOPBACK.check(canonical, version === 6 ? 'ipv6' : 'ipv4');
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

/** Where a server is, fit for a screen or a log: no password, no user, no parameters. */
export function serverAddress(url: string): string {
  const [, authority = '', path = ''] = /^[a-z0-9+]+:\/\/(?:[^@/?#]*@)?([^/?#]*)(\/[^?#]*)?/.exec(url) ?? [];
  return `${authority}${path === '/' ? '' : path}`;
}

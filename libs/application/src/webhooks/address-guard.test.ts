import { describe, expect, test } from 'vitest';
import { AddressGuard, reachOf } from './address-guard.js';

const NEVER = [
  '0.0.0.0',
  '0.1.2.3',
  '169.254.169.254',
  '169.254.0.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '100.100.100.200',
  '192.0.0.192',
  '::',
  '::2',
  '::ffff:169.254.169.254',
  '::ffff:0:0',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::1',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'fec0::1',
  'ff02::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  '2002:7f00:1::',
  '2001:0:4136:e378::1',
  '100::1',
  '5f00::1',
  '::127.0.0.1',
  'localhost',
  '',
  '127.1',
];

const PRIVATE = [
  '127.0.0.1',
  '127.255.255.255',
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '100.127.255.255',
  '198.18.0.1',
  '198.19.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '192.88.99.1',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  'fc00::1',
  'fd12:3456::1',
  '2001:db8::1',
  '2001:10::1',
  '3fff::1',
];

const PUBLIC = [
  '1.1.1.1',
  '93.184.215.14',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '192.167.255.255',
  '198.17.255.255',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001:81b::200e',
  '::ffff:1.1.1.1',
  '64:ff9b::101:101',
];

describe('an address', () => {
  test.each(NEVER)('%s is never sent to', (address) => expect(reachOf(address)).toBe('never'));
  test.each(PRIVATE)('%s is private', (address) => expect(reachOf(address)).toBe('private'));
  test.each(PUBLIC)('%s is public', (address) => expect(reachOf(address)).toBe('public'));
});

/** As people write addresses that should not look like ones. */
const DISGUISED = [
  'https://127.0.0.1/',
  'https://localhost/',
  'https://localhost./',
  'https://LOCALHOST/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.0.0.1.:8443/',
  'https://0/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[0:0:0:0:0:ffff:7f00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[fe80::1]/',
  'https://[fd00:ec2::254]/latest/meta-data',
  'https://169.254.169.254/latest/meta-data',
  'https://2852039166/',
  'https://0xa9fea9fe/',
  'https://０１７７.0.0.1/',
  'https://①②⑦.⓪.⓪.①/',
  'https://10.1.2.3/',
  'https://192.168.0.1/',
  'https://172.20.0.1/',
  'https://100.64.0.1/',
];

const loopback = async () => [{ address: '127.0.0.1', family: 4 as const }];

describe('a guard', () => {
  test.each(DISGUISED)('refuses %s', async (url) => {
    const guard = new AddressGuard({ allowPrivate: false, resolve: loopback });
    expect(await guard.check(url)).toMatchObject({ kind: 'refused' });
  });

  test.each([
    ['http://example.com/', 'must begin with `https://`'],
    ['ftp://example.com/', 'must begin with `https://`'],
    ['javascript:alert(1)', 'must begin with `https://`'],
    ['https://user@example.com/', 'must not hold a user or a password'],
    ['https://:secret@example.com/', 'must not hold a user or a password'],
    ['https://example.com/#here', 'must not have a fragment'],
    ['https://', 'is not a URL'],
    ['https://300.1.2.3/', 'is not a URL'],
    ['example.com', 'is not a URL'],
  ])('refuses %s, since it %s', async (url, why) => {
    const guard = new AddressGuard({ allowPrivate: false, resolve: loopback });
    expect(await guard.check(url)).toEqual({ kind: 'refused', why });
  });

  test('refuses a name that has one wrong address among good ones', async () => {
    const resolve = async () => [
      { address: '93.184.215.14', family: 4 as const },
      { address: '10.0.0.1', family: 4 as const },
    ];
    const guard = new AddressGuard({ allowPrivate: false, resolve });
    expect(await guard.check('https://mixed.example.com/')).toEqual({
      kind: 'refused',
      why: 'is at 10.0.0.1, where nothing is sent (private)',
    });
  });

  test('tells a name that cannot be resolved from one that is refused', async () => {
    const nowhere = new AddressGuard({ allowPrivate: false, resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await nowhere.check('https://nowhere.example.com/')).toMatchObject({ kind: 'unresolved' });
    const empty = new AddressGuard({ allowPrivate: false, resolve: async () => [] });
    expect(await empty.check('https://empty.example.com/')).toMatchObject({ kind: 'unresolved' });
  });

  test('that allows private addresses still refuses those where no receiver ever is', async () => {
    const guard = new AddressGuard({ allowPrivate: true, resolve: loopback });
    for (const url of ['http://127.0.0.1:8080/', 'http://10.0.0.1/', 'https://[fd12::1]/', 'http://localhost/'])
      expect(await guard.check(url), url).toMatchObject({ kind: 'allowed' });
    for (const url of [
      'http://169.254.169.254/',
      'http://0.0.0.0/',
      'http://[fe80::1]/',
      'http://[fd00:ec2::254]/',
      'http://224.0.0.1/',
    ])
      expect(await guard.check(url), url).toMatchObject({ kind: 'refused' });
    expect(guard.formFault('gopher://example.com/')).toBe('must begin with `https://` or `http://`');
  });
});

const [OLD, SIGNING, NEXT] = [
  'rzWCBuzlCryttoWHVDwR3x3alrfM2Hlq0BU8MMuTsy0',
  'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
  'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
];

export const TICKET_EXAMPLES = {
  rotateTicketKeys: {
    request: { immediately: false },
    status: 200,
    response: {
      signing: SIGNING,
      next: NEXT,
      verifying: [{ kid: OLD, until: '2026-11-21T07:01:05.000Z' }],
    },
  },
  getTicketKeySet: {
    status: 200,
    response: {
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          // The key of RFC 8037, appendix A.
          x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
          kid: SIGNING,
          use: 'sig',
          alg: 'EdDSA',
        },
      ],
    },
  },
} as const;

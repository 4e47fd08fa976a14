import type { Statement } from '../database/link.js';
import { freshnessSql } from '../hosts/freshness-sql.js';

export const ASKER: Statement = {
  name: 'fleet-asker',
  text: `SELECT v.revision, v.digest, v.host, s.digest AS source, c.digest AS catalogue
FROM vm v LEFT JOIN host s ON s.fleet = v.fleet AND s.name = v.host LEFT JOIN catalogue c ON c.fleet = v.fleet
WHERE v.fleet = $1 AND v.name = $2`,
};

export const GUESTS: Statement = {
  name: 'fleet-guests',
  text: `SELECT h.digest AS fingerprint, c.digest AS catalogue, v.name, v.digest
FROM host h LEFT JOIN vm v ON v.fleet = h.fleet AND v.host = h.name LEFT JOIN catalogue c ON c.fleet = h.fleet
WHERE h.fleet = $1 AND h.name = $2 ORDER BY v.name`,
};

const CLASS_OF = (table: 'host' | 'vm', scheme: string, t = 't'): string =>
  `LEFT JOIN ${table}_class c ON c.fleet = ${t}.fleet AND c.digest = ${t}.class_digest AND c.scheme = ${scheme}`;

const LIVENESS = 'LEFT JOIN host_liveness l ON l.fleet = h.fleet AND l.host = h.name';

// A host's row knows the machine of its facts, but while another machine contends for the name the row may be ahead of them.
const MAY_BE = (machineId: string): string =>
  `${machineId}::text IS NOT NULL AND (h.machine_id = ${machineId} OR h.contender IS NOT NULL)`;

// $2 scheme, $3 milliseconds for which facts hold, $4 names not wanted, $5 labels, $6 machine id, $7 names of each group
export const HOST_GROUPS: Statement = {
  name: 'fleet-host-groups',
  text: `SELECT class, sole IS NOT NULL AS sole, state, freshness, count(*)::integer AS hosts, min(digest) AS fingerprint,
  (array_agg(name ORDER BY name))[1:$7::integer] AS names
FROM (
  SELECT h.name, h.digest, h.state, c.digest AS class, ${freshnessSql('$3')} AS freshness,
    CASE WHEN c.digest IS NULL OR ${MAY_BE('$6')} THEN h.digest END AS sole
  FROM host h ${LIVENESS} ${CLASS_OF('host', '$2', 'h')}
  WHERE h.fleet = $1 AND h.name <> ALL ($4::text[]) AND ($5::jsonb IS NULL OR h.labels @> $5)
) AS known GROUP BY class, sole, state, freshness`,
};

// $2 scheme, $3 milliseconds for which facts hold, $4 by state, $5 by freshness, $6 labels, $7 facts as paths with commas
export const COUNTED: Statement = {
  name: 'fleet-counted',
  text: `SELECT class, state, freshness, labels, count(*)::integer AS hosts, min(digest) AS fingerprint
FROM (
  SELECT h.digest, c.digest AS class, CASE WHEN c.digest IS NULL THEN h.digest END AS sole,
    CASE WHEN $4::boolean THEN h.state END AS state, CASE WHEN $5::boolean THEN ${freshnessSql('$3')} END AS freshness,
    CASE WHEN cardinality($6::text[]) = 0 THEN '{}' ELSE ARRAY(SELECT h.labels ->> asked.key FROM unnest($6::text[]) WITH ORDINALITY AS asked (key, place) ORDER BY asked.place) END AS labels,
    CASE WHEN cardinality($7::text[]) = 0 THEN '{}' ELSE ARRAY(SELECT f.document::json #>> ('{' || asked.path || '}')::text[] FROM fingerprint f, unnest($7::text[]) WITH ORDINALITY AS asked (path, place)
      WHERE f.fleet = h.fleet AND f.digest = h.digest ORDER BY asked.place) END AS facts
  FROM host h ${LIVENESS} ${CLASS_OF('host', '$2', 'h')}
  WHERE h.fleet = $1
) AS known GROUP BY class, sole, state, freshness, labels, facts`,
};

const CLASSES = (table: 'host' | 'vm'): Statement => ({
  name: `fleet-${table}-classes`,
  text: `SELECT class, count(*)::integer AS members, min(digest) AS document, (array_agg(name ORDER BY name))[1:$3::integer] AS sample
FROM (
  SELECT t.name, t.digest, c.digest AS class, CASE WHEN c.digest IS NULL THEN t.digest END AS sole
  FROM ${table} t ${CLASS_OF(table, '$2')} WHERE t.fleet = $1
) AS known GROUP BY class, sole`,
});

export const HOST_CLASSES = CLASSES('host');
export const VM_CLASSES = CLASSES('vm');

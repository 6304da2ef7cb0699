-- One million executions of :task over the last 30 days, a few by minute, with their roll-ups; what the tables hold already stays.
-- Inputs are small: the time of a page hangs on rows and indexes, not on what a row carries.
\set ON_ERROR_STOP on
BEGIN;
SELECT loopai_ensure_execution_partition((now() AT TIME ZONE 'UTC')::date - day) FROM generate_series(0, 30) AS day;

CREATE FUNCTION pg_temp.uuid_at(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid
$$;

-- A histogram with all its counts in the bucket of 50 microseconds: the bucket and the count as variable-length integers.
CREATE FUNCTION pg_temp.histogram(counts bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT decode('c601' || CASE WHEN counts < 128 THEN lpad(to_hex(counts), 2, '0')
    WHEN counts < 16384 THEN lpad(to_hex((counts & 127) | 128), 2, '0') || lpad(to_hex(counts >> 7), 2, '0')
    ELSE lpad(to_hex((counts & 127) | 128), 2, '0') || lpad(to_hex(((counts >> 7) & 127) | 128), 2, '0') || lpad(to_hex(counts >> 14), 2, '0') END, 'hex')
$$;

CREATE TEMP TABLE made AS
  SELECT n, date_trunc('milliseconds', now() - random() * interval '30 days') AS at,
    CASE WHEN random() < 0.7 THEN 2 ELSE 1 END AS version,
    CASE WHEN random() < 0.99 THEN 0 ELSE 1 END AS status
  FROM generate_series(1, :count) AS n;

INSERT INTO executions (id, organization_id, environment_id, task_id, version, status, input, output, error, confidence, latency_us, source, executed_at)
  SELECT pg_temp.uuid_at(at), :'organization', :'environment', :'task', version, status,
    format('{"subject":"Minutes %s","from":"ada@acme.example","body":"please find the minutes below"}', n),
    CASE WHEN status = 0 THEN CASE WHEN n % 3 = 0 THEN '"spam"' ELSE '"ham"' END END, CASE WHEN status = 1 THEN 'made for the benchmark' END,
    0.5 + random() / 2, 50, 0, at
  FROM made ORDER BY at;

INSERT INTO execution_rollups (organization_id, environment_id, task_id, version, level, starts_at, writer_id, executions, errors, timeouts,
    invalid_outputs, sampled, latency_sum_us, latencies, unpriced)
  SELECT :'organization', :'environment', :'task', version, level, date_trunc(unit, at, 'UTC'), '00000000-0000-7000-8000-000000000001',
    count(*), count(*) FILTER (WHERE status = 1), 0, 0, 0, 50 * count(*), pg_temp.histogram(count(*)), count(*)
  FROM made, (VALUES (0, 'minute'), (1, 'hour'), (2, 'day')) AS levels (level, unit)
  GROUP BY version, level, unit, date_trunc(unit, at, 'UTC')
  ON CONFLICT DO NOTHING;
COMMIT;
VACUUM ANALYZE executions, execution_rollups;

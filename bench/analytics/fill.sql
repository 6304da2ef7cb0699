-- Roll-ups of :executions executions over the last 30 days: 20 tasks with 2 versions each, asked by 5 keys; minutes for 48 hours, hours and days for all of it,
-- and verdicts of one execution in twenty. What the tables hold already goes.
\set ON_ERROR_STOP on
BEGIN;
CREATE FUNCTION pg_temp.varint(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN n < 128 THEN lpad(to_hex(n), 2, '0') WHEN n < 16384 THEN lpad(to_hex((n & 127) | 128), 2, '0') || lpad(to_hex(n >> 7), 2, '0')
    ELSE lpad(to_hex((n & 127) | 128), 2, '0') || lpad(to_hex(((n >> 7) & 127) | 128), 2, '0') || lpad(to_hex(n >> 14), 2, '0') END
$$;
-- Spread over up to forty buckets around 50 microseconds, as a program's latencies are.
CREATE FUNCTION pg_temp.histogram(counts bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT decode('b201' || pg_temp.varint(greatest(1, counts / least(counts, 40))) || coalesce(string_agg('01' || pg_temp.varint(greatest(1, counts / least(counts, 40))), ''), ''), 'hex')
  FROM generate_series(2, least(counts, 40))
$$;

DELETE FROM execution_rollups;
DELETE FROM verdict_rollups;
CREATE TEMP TABLE asked AS
  SELECT task, md5('task ' || task)::uuid AS task_id, version, md5('key ' || key)::uuid AS key_id, md5('team ' || task % 4)::uuid AS team_id,
    (1.0 / task) / (SELECT sum(1.0 / t) FROM generate_series(1, 20) AS t) * CASE version WHEN 2 THEN 0.7 ELSE 0.3 END / 5 AS share
  FROM generate_series(1, 20) AS task, generate_series(1, 2) AS version, generate_series(1, 5) AS key;
INSERT INTO tasks (id, organization_id, name, description, input_schema, output_schema, sampling, status, last_version, specification_hash, revision, created_by, created_at, updated_at)
  SELECT DISTINCT a.task_id, t.organization_id, 'Bench ' || a.task, '', t.input_schema, t.output_schema, t.sampling, t.status, 2, md5(a.task::text), 1, 'bench', now(), now()
  FROM asked a, tasks t WHERE t.id = :'task' ON CONFLICT DO NOTHING;

CREATE TEMP TABLE minutes AS
  SELECT asked.*, at, floor(:executions * share / 43200 + random())::bigint AS n
  FROM asked, generate_series(date_trunc('minute', now()) - interval '30 days', date_trunc('minute', now()) - interval '1 minute', interval '1 minute') AS at;
DELETE FROM minutes WHERE n = 0;
INSERT INTO execution_rollups (organization_id, environment_id, task_id, version, key_id, team_id, level, starts_at, writer_id, executions, errors, timeouts, invalid_outputs, sampled,
    latency_sum_us, latencies, cost, unpriced)
  SELECT :'organization', :'environment', task_id, version, key_id, team_id, level, date_trunc(unit, at, 'UTC'), '00000000-0000-7000-8000-000000000001', sum(n), sum(n) / 100, 0, 0,
    sum(n) / 20, 50 * sum(n), pg_temp.histogram(sum(n)::bigint), sum(n) * 0.000000000833, 0
  FROM minutes, (VALUES (0, 'minute'), (1, 'hour'), (2, 'day')) AS levels (level, unit)
  WHERE level > 0 OR at >= now() - interval '48 hours'
  GROUP BY task_id, version, key_id, team_id, level, date_trunc(unit, at, 'UTC')
  -- As a portal writes them: those of one time lie together.
  ORDER BY date_trunc(unit, at, 'UTC'), level;
INSERT INTO verdict_rollups (organization_id, environment_id, task_id, version, key_id, team_id, experiment_id, variant, level, starts_at, correction_id, validated, matched, weights,
    matched_weights, squared_weights)
  SELECT organization_id, environment_id, task_id, version, key_id, team_id, experiment_id, variant, level, starts_at, '00000000-0000-0000-0000-000000000000', executions / 20,
    executions / 21, executions, executions * 0.95, executions * 20
  FROM execution_rollups WHERE executions >= 20 ORDER BY starts_at, level;
COMMIT;
VACUUM ANALYZE execution_rollups, verdict_rollups;

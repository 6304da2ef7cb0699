'use strict';
const { createHash } = require('crypto');

const MOST = 400; // classes that are counted apart; the state has a limit, and further classes share one count

/**
 * The n-th execution of its class within the hour is sampled with probability min(1, k / n), as a reservoir of k takes it in. That depends on what came before
 * and never on a draw, so the probability that is told is the true one: weighting by its inverse (Horvitz and Thompson) estimates all executions without bias.
 * With k = 20: the first 20 are sampled, the 40th with 0.5, the 2,000th with 0.01.
 */
exports.sample = (execution, state, config) => {
  const value = (config.field ?? 'output').split('.').reduce((at, part) => at !== null && typeof at === 'object' ? at[part] : undefined, execution);
  const hour = String(execution.at ?? '').slice(0, 13);
  const counts = state && state.hour === hour ? { ...state.counts } : {};
  const name = createHash('sha256').update(JSON.stringify(value) ?? '').digest('base64url').slice(0, 8);
  const stratum = name in counts || Object.keys(counts).length < MOST ? name : 'others';
  const n = counts[stratum] = (counts[stratum] ?? 0) + 1;
  const probability = Math.min(1, Math.max(config.floor ?? 0.01, (config.perHour ?? 20) / n));
  return { sample: Math.random() < probability, probability, state: { hour, counts } };
};

exports.validate = function (execution, config) {
  const { field = 'label', longest = 20 } = config;
  const output = execution.output;
  const value = output !== null && typeof output === 'object' ? output[field] : output;
  if (typeof value !== 'string') return { verdict: 'unknown', reason: `${field} is no text` };
  if (value.length > longest) return { verdict: 'fail', reason: `${field} has ${value.length} characters; at most ${longest} are allowed` };
  return { verdict: 'pass' };
};

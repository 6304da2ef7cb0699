using Loopai.Core.Experiments.Assignment;

namespace Loopai.Core.Rollouts;

/// <summary>What the hot path needs to know of a rollout.</summary>
/// <param name="EnvironmentId">Whose executions it moves.</param>
/// <param name="Version">The version it moves to.</param>
/// <param name="Share">Hundredths of a percent.</param>
/// <param name="Seed">Its own, so that it takes other units than the rollout before.</param>
public sealed record RolloutShare(Guid EnvironmentId, int Version, int Share, string Seed)
{
    /// <summary>The share of a rollout; null when it is over or the version it began from is not the one that answers.</summary>
    public static RolloutShare? Of(Rollout? rollout, int? activeVersion) =>
        rollout is null || rollout.Share == 0 || rollout.BaseVersion != activeVersion ? null
        : new RolloutShare(rollout.EnvironmentId, rollout.Version, rollout.Share, rollout.Id.ToString("n"));

    /// <summary>
    /// The version for a unit; null for the active one. A unit that gets the new version keeps it as the share grows. An execution without a unit is one of its
    /// own, so that chance does as well as a hash.
    /// </summary>
    public int? Choose(Guid environmentId, string? unit) =>
        environmentId == EnvironmentId && (unit is null ? Random.Shared.Next(Rollout.Whole) : (int)Math.Round(Hashing.Bucket(Seed, unit) * Rollout.Whole)) < Share ? Version : null;
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Loopai.Core.Validation;

/// <summary>
/// Decides on the hot path which executions are checked. One instance a task and environment; in memory, thread-safe, without allocation
/// unless an output is met for the first time.
/// </summary>
/// <remarks>
/// The probability of every decision depends only on the execution at hand and on what came before it, never on the draw itself. So the
/// probability that is reported is the true one, and weighting each verdict by its inverse (Horvitz and Thompson 1952) estimates the figures
/// of <em>all</em> executions without bias, whichever rules are on. Each portal counts for itself: n portals check up to n times
/// <see cref="SamplingPolicy.PerOutputPerHour"/>.
/// </remarks>
public sealed class Sampler(int maxOutputs = Sampler.DefaultMaxOutputs)
{
    /// <summary>Distinct outputs that are counted apart; of further ones the other rules alone decide.</summary>
    public const int DefaultMaxOutputs = 1_000;

    private readonly OutputArrivals _arrivals = new(maxOutputs);

    /// <summary>Distinct outputs that are counted now.</summary>
    public int TrackedOutputs => _arrivals.Count;

    /// <summary>Decides with the process's own randomness.</summary>
    public SamplingDecision Decide(SamplingPolicy policy, in SamplingContext context) =>
        Decide(policy, context, (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));

    /// <param name="policy">The task's rules.</param>
    /// <param name="context">The execution.</param>
    /// <param name="randomness">64 random bits, of which the upper 53 are used.</param>
    public SamplingDecision Decide(SamplingPolicy policy, in SamplingContext context, ulong randomness)
    {
        if (context.Forced)
        {
            return new SamplingDecision(true, SampledBy.Forced, null);
        }

        var (rule, probability) = Strongest(policy, context);
        var uniform = (randomness >> 11) * (1.0 / (1UL << 53));
        return uniform < probability ? new SamplingDecision(true, rule, probability) : default;
    }

    /// <summary>Names an output for <see cref="SamplingContext.Output"/>: the same bytes give the same name within this process.</summary>
    public static ulong OutputKey(ReadOnlySpan<byte> output)
    {
        // A collision only makes two outputs share one count, so a part of a cryptographic hash, which no caller can aim at, is plenty.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(output, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private (string Rule, double Probability) Strongest(SamplingPolicy policy, in SamplingContext context)
    {
        var (rule, probability) = (SampledBy.Random, Math.Clamp(policy.Rate, 0, 1));

        if (policy.LowConfidenceBelow is { } threshold && context.Confidence < threshold && policy.LowConfidenceRate > probability)
        {
            (rule, probability) = (SampledBy.LowConfidence, Math.Min(1, policy.LowConfidenceRate));
        }

        var newVersion = OfNewVersion(policy, context.ExecutionsOfVersion);
        if (newVersion > probability)
        {
            (rule, probability) = (SampledBy.NewVersion, Math.Min(1, newVersion));
        }

        // Counted even where another rule wins: the next of its kind is judged by all that came before it.
        if (policy.PerOutputPerHour > 0)
        {
            var expected = _arrivals.Arrive(context.Output, context.Now);
            if (expected > 0 && Math.Min(1, policy.PerOutputPerHour / expected) is var stratified && stratified > probability)
            {
                (rule, probability) = (SampledBy.Stratified, stratified);
            }
        }

        return (rule, probability);
    }

    /// <summary>rate + (new − rate) · 2^(−n / half-life). With 1, 0.05 and 500: the first execution 1, the 501st 0.525, the 5,001st 0.051.</summary>
    private static double OfNewVersion(SamplingPolicy policy, long executions) => policy.NewVersionRate <= policy.Rate
        ? 0
        : policy.Rate + ((policy.NewVersionRate - policy.Rate) * Math.Pow(2, -(double)executions / Math.Max(1, policy.NewVersionHalfLife)));
}

/// <summary>The execution that is decided about.</summary>
/// <param name="Output">Names the output; see <see cref="Sampler.OutputKey"/>.</param>
/// <param name="Confidence">0..1, where the program has one.</param>
/// <param name="ExecutionsOfVersion">Executions of its version since that was activated, before this one.</param>
/// <param name="Forced">The caller asked for the check.</param>
/// <param name="Now">When it ran.</param>
public readonly record struct SamplingContext(ulong Output, double? Confidence, long ExecutionsOfVersion, bool Forced, DateTimeOffset Now);

/// <param name="Sampled">Whether the execution is checked.</param>
/// <param name="SampledBy">The rule that chose it, one of <see cref="Validation.SampledBy"/>; null when it is not checked.</param>
/// <param name="Probability">The probability with which it was chosen; null when the check was asked for.</param>
public readonly record struct SamplingDecision(bool Sampled, string? SampledBy, double? Probability);

/// <summary>The rules by which an execution can be chosen.</summary>
public static class SampledBy
{
    public const string Random = "random";
    public const string Stratified = "stratified";
    public const string LowConfidence = "low-confidence";
    public const string NewVersion = "new-version";
    public const string Forced = "forced";

    /// <summary>A plugin that is attached to the task decided.</summary>
    public const string Plugin = "plugin";

    public static readonly IReadOnlyList<string> All = [Random, Stratified, LowConfidence, NewVersion, Forced, Plugin];
}

namespace Loopai.Core.Errors;

/// <summary>A quota is used up.</summary>
/// <param name="quota">Which: <c>executionsPerMinute</c>, <c>executionsPerMonth</c>, <c>tasks</c>, <c>members</c>.</param>
/// <param name="scope">Whose: <c>organization</c>, <c>environment</c> or <c>key</c>.</param>
/// <param name="limit">How much it allows.</param>
/// <param name="retryAfter">When there is some again; null where that takes another to let go.</param>
public sealed class QuotaExceededException(string quota, string scope, long limit, TimeSpan? retryAfter)
    : LoopaiException("quota-exceeded", $"The quota '{quota}' of the {scope} allows {limit}, and that is used up. Somebody who may set quotas can raise it.")
{
    public string Quota { get; } = quota;

    public string Scope { get; } = scope;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}

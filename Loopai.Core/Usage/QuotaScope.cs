namespace Loopai.Core.Usage;

/// <summary>What a quota limits.</summary>
/// <param name="Id">The organization, environment or key.</param>
/// <param name="Kind"><c>organization</c>, <c>environment</c> or <c>key</c>.</param>
/// <param name="Name">What people call it.</param>
public sealed record QuotaScope(Guid Id, string Kind, string Name);
